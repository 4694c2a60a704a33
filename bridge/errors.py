"""Every failure a photographer can meet: a code for programs, a message for a person, a hint that says what to do.

The codes are part of the wire (docs/rpc.md) and of ``--json``; they never change their meaning. A failure that is not
one of these is a defect: its traceback goes to the log and the client gets ``internal`` with an id to look it up.
"""

from __future__ import annotations

from typing import ClassVar


class BridgeError(Exception):
    """A failure with a name. ``hint`` says what the person does next; ``detail`` is for the log and the curious."""

    code: ClassVar[str] = "internal"
    default_hint: ClassVar[str] = "Look at the log of the daemon (photo-bridge doctor names it)."

    def __init__(self, message: str, *, hint: str | None = None, detail: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = self.default_hint if hint is None else hint
        self.detail = detail

    def as_dict(self) -> dict[str, str]:
        """``{"code", "message", "hint"}``, the form that is stored, sent and printed."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


# -- the request ------------------------------------------------------------------------------------------------------


class InvalidParams(BridgeError):
    """The request does not have the shape of its method."""

    code = "invalid_params"
    default_hint = "Check the parameters against docs/rpc.md."


class NotFound(BridgeError):
    """A job, plan, photo or model that was named does not exist."""

    code = "not_found"
    default_hint = "Check the name; photo-bridge jobs lists the runs."


class Refused(BridgeError):
    """The request is understood and not allowed; the message says which rule it meets."""

    code = "refused"
    default_hint = "Nothing was changed."


class MixedPass(Refused):
    """The folder has a pass of another model, prompt, style or vocabulary, and nobody asked to mix them."""

    code = "mixed_pass"
    default_hint = "photo-bridge passes shows what it was made with; --allow-mixed mixes on purpose."


class FacesOff(Refused):
    """Nothing is done with faces before a person wants it."""

    code = "faces_off"
    default_hint = "To switch it on: photo-bridge faces on. Crops and vectors of faces are then kept on this machine."


class HostApplied(Refused):
    """A run that a photo program applied in its own catalogue: only that program can take it back."""

    code = "host_applied"
    default_hint = "Take it back in that program."


class NotAvailable(BridgeError):
    """A method that this version does not have yet."""

    code = "not_available"
    default_hint = "This comes with a later version."


class DaemonUnreachable(BridgeError):
    """No daemon answers on the loopback socket."""

    code = "no_daemon"
    default_hint = "Start it with: photo-bridge serve"


class StoreLocked(BridgeError):
    """The database is held by another program for longer than the time limit."""

    code = "store_locked"
    default_hint = "Close the other program that has the database open, then run: photo-bridge resume"


class StoreTooNew(BridgeError):
    """The database was written by a later version of this program."""

    code = "store_too_new"
    default_hint = "Install the newer photo-bridge again, or move its state folder away to start afresh."


class StoreDamaged(BridgeError):
    """The database is no database, or a part of it cannot be read."""

    code = "store_damaged"
    default_hint = "Move bridge.db out of the state folder to start afresh; the photos are as they are."


class VectorsDamaged(BridgeError):
    """The file of a model's photo vectors is no such file, of another model, or cannot be read."""

    code = "vectors_damaged"
    default_hint = "Move that file away and run photo-bridge index on your folders again; the photos are as they are."


class VectorsUnreadable(VectorsDamaged):
    """The file of a model's photo vectors cannot be read now, or was written by a later version: it is as it was."""

    code = "vectors_unreadable"
    default_hint = "Close other programs and start photo-bridge again: photo-bridge stop"


class IndexUnreachable(BridgeError):
    """The Qdrant server that keeps the search index does not answer, or not as it should."""

    code = "index_unreachable"
    default_hint = (
        "Start that server, or look at qdrant_url in the settings. To do without it: photo-bridge index-move --to faiss"
    )


class IndexRefused(IndexUnreachable):
    """The Qdrant server wants another key."""

    code = "index_refused"
    default_hint = "Set qdrant_api_key in the settings, or PHOTO_BRIDGE_QDRANT_API_KEY, and start photo-bridge again."


class IndexTaken(BridgeError):
    """The embedded Qdrant store is for one program at a time, and another has it."""

    code = "index_taken"
    default_hint = "Close the other program; for several at once, run a Qdrant server and name it in qdrant_url."


class SettingsInvalid(BridgeError):
    """A settings file, environment variable or flag that cannot be used."""

    code = "settings_invalid"
    default_hint = "Correct the value that the message names."


# -- reading a photo --------------------------------------------------------------------------------------------------


class PhotoMissing(BridgeError):
    code = "photo_missing"
    default_hint = "Check its name, and that its drive is connected; then run: photo-bridge resume"


class NotAtHand(BridgeError):
    """The photo cannot be had now, and nothing is wrong with it: in a run it waits, and is taken up by itself."""


class VolumeMissing(NotAtHand):
    """The drive or network share that the photo lies on is not connected."""

    code = "volume_missing"
    default_hint = "Connect it: these photos are taken up by themselves. To go on without them: photo-bridge cancel"


class VolumeSlow(NotAtHand):
    """The drive or network share is there and does not answer."""

    code = "volume_slow"
    default_hint = "Wake it, or look at the network: these photos are taken up by themselves once it answers."


class InTheCloud(NotAtHand):
    """Only the name is on this disk; reading it would fetch it."""

    code = "in_the_cloud"
    default_hint = (
        "Have it kept on this computer (Keep Downloaded, Always keep on this device): it is taken up by itself then. To"
        " let runs fetch photos: fetch_from_cloud in the settings."
    )


class PhotoUnreadable(BridgeError):
    """The operating system refuses to open the file."""

    code = "photo_unreadable"
    default_hint = "Give your user the right to read this file, then run: photo-bridge resume"


class PhotoEmpty(BridgeError):
    code = "photo_empty"
    default_hint = "The file has no bytes: copy it again from the card or the backup."


class NotAPhoto(BridgeError):
    """The content is of no type that is read here, whatever the name says."""

    code = "not_a_photo"
    default_hint = "Its content is no picture; it was left alone."


class PhotoDamaged(BridgeError):
    """The type is known but the picture does not decode."""

    code = "photo_damaged"
    default_hint = "Open it in another program; if that fails too, copy it again from the card or the backup."


class PhotoTooLarge(BridgeError):
    """More pixels than the limit: a decompression bomb, or a very large panorama."""

    code = "photo_too_large"
    default_hint = "Raise max_megapixels in the settings if the picture is really this large."


class PhotoCrashed(BridgeError):
    """The daemon broke down over this photo, again and again: it is set aside, so that the others go on."""

    code = "photo_crashed"
    default_hint = (
        "Open it in another program and save it anew, or leave it out; photo-bridge resume tries it once more."
    )


class PicturesBusy(BridgeError):
    """More pictures are asked for than can be made: the newest are made first, and this was the oldest."""

    code = "pictures_busy"
    default_hint = "Look at it again in a moment."


class RawUndecodable(BridgeError):
    code = "raw_undecodable"
    default_hint = "Export a JPEG proxy in your photo program and use: photo-bridge tag PROXIES --for ORIGINALS"


# -- models -----------------------------------------------------------------------------------------------------------


class ModelMissing(BridgeError):
    """The model that was named is not there or lacks the capability that is needed."""

    code = "model_missing"
    default_hint = "photo-bridge models list shows what can be used."


class WeightsDamaged(ModelMissing):
    """A file of a model's weights is absent, cut, or not what was pulled."""

    code = "weights_damaged"


class PullFailed(BridgeError):
    """A model could not be brought to this machine; what has arrived is kept."""

    code = "pull_failed"
    default_hint = "Look at the network, then ask for the same model again: it goes on where it stopped."


class ModelUnreachable(BridgeError):
    code = "model_unreachable"
    default_hint = "Start the model server (ollama serve), then run: photo-bridge resume"


class ModelsDiffer(Refused):
    """Two machines of a cluster have two versions of one model: their answers would not be of one piece."""

    code = "models_differ"
    default_hint = "Pull the same one on each (photo-bridge models pull, ollama pull)."


class ModelNotLocal(BridgeError):
    """The model or its server is not on this machine, and the configuration does not allow that host."""

    code = "model_not_local"
    default_hint = "Choose a model that runs on this machine; only allowed_hosts in the settings can permit another."


class NoCaptionModel(BridgeError):
    code = "no_caption_model"
    default_hint = "Install Ollama, then: ollama pull llava:13b"


class BadAnswer(BridgeError):
    """The model answered, but with nothing that may be written: no JSON, prose, nothing left after the checks."""

    code = "bad_answer"
    default_hint = "Try another model; this photo was left as it is."


class ModelTimeout(BadAnswer):
    """No whole answer within the time limit."""

    code = "model_timeout"
    default_hint = "Raise model_timeout_s in the settings or choose a smaller model."


class ModelFault(BadAnswer):
    """The server answered with an error of its own or dropped the connection."""

    code = "model_fault"
    default_hint = "Look at the log of the model server."


class RunWentBad(BridgeError):
    """Too many of a run's answers in a row could not be used, or were the same: it waits for a person."""

    code = "run_went_bad"
    default_hint = "Look at the last photos of the run, then: photo-bridge resume"


class PromptInvalid(BridgeError):
    code = "prompt_invalid"
    default_hint = "docs/models.md lists the slots that a prompt template may use."


class StyleInvalid(BridgeError):
    """A style guide whose limits cannot be read; the message names the line."""

    code = "style_invalid"
    default_hint = "docs/styles.md lists the limits that a style guide may begin with."


class VocabularyInvalid(BridgeError):
    """A keyword list that cannot be read; the message names the line."""

    code = "vocabulary_invalid"
    default_hint = "docs/vocabulary.md shows what each kind of list looks like."


# -- metadata ---------------------------------------------------------------------------------------------------------


class ExifToolMissing(BridgeError):
    code = "exiftool_missing"
    default_hint = "Install it: apt install libimage-exiftool-perl (Debian, Ubuntu) or brew install exiftool (macOS)."


class ExifToolTooOld(BridgeError):
    code = "exiftool_too_old"
    default_hint = "Install ExifTool 12.40 or later."


class ExifToolFailed(BridgeError):
    """ExifTool died, did not answer in time, or refused the file."""

    code = "exiftool_failed"
    default_hint = "The photo was left as it was. Run: photo-bridge resume"


class WriteDenied(BridgeError):
    """Neither the file nor its folder may be written."""

    code = "write_denied"
    default_hint = "Make the file and its folder writable for your user, then run: photo-bridge resume"


class DiskFull(BridgeError):
    code = "disk_full"
    default_hint = "Free some space on that disk, then run: photo-bridge resume"


class StoreFull(DiskFull):
    """Of our own database: that concerns every photo alike."""


class PhotoChanged(BridgeError):
    """Another program keeps changing the file between plan and write."""

    code = "photo_changed"
    default_hint = "Another program is writing this photo; let it finish, then run: photo-bridge resume"


class SidecarDamaged(BridgeError):
    """The XMP sidecar is not XML that can be read; it is left alone."""

    code = "sidecar_damaged"
    default_hint = "Open the sidecar in your photo program and save it again, or move it away; it was left as it is."


class PictureChanged(BridgeError):
    """The picture data did not hash the same after the write, so the write was rolled back."""

    code = "picture_changed"
    default_hint = "The photo is as it was before. Please report its format."


class MetadataRefused(BridgeError):
    """The container cannot take what was planned."""

    code = "metadata_refused"
    default_hint = "The photo was left as it was."
