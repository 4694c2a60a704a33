"""The methods for keyword trees: the photographer's own vocabularies, and the trees that hosts send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bridge.paths import from_uri
from bridge.rpc.dispatcher import Method
from bridge.rpc.host_methods import NoParams, Params
from bridge.service import (
    EditedList,
    ExportedVocabulary,
    FoundKeywords,
    ImportedVocabulary,
    KeywordEdit,
    LearnedVocabulary,
    MatchedWords,
    Queue,
    Service,
    TreeKnown,
    TreePage,
    VocabularyInfo,
)
from bridge.values import Policy, TreeKeyword
from bridge.vocabulary.editing import Change, Edit

Kind = Literal["plain", "lightroom", "digikam", "captureone"]


class ImportParams(Params):
    text: str = Field(description="the whole list, its BOM and line ends included")
    name: str | None = Field(None, description="none = only for runs, which name it by its hash")
    format: Kind | None = Field(None, description="none = told by its content")
    use: bool | None = Field(None, description="for runs that name none; null = where it is the first that there is")


class ExportParams(Params):
    name: str
    format: Kind | None = Field(None, description="none = as it was imported, to the byte")


class NameParams(Params):
    name: str


class UseParams(Params):
    name: str | None = Field(None, description="none = runs that name no vocabulary have none")


class LearnParams(Params):
    uris: list[str] = Field(min_length=1, description="file: URIs of photos and folders")
    recursive: bool = Field(False, description="folders with all their subfolders")
    exclude: list[str] = Field([], description="glob patterns of names or paths to leave out")
    at_least: int = Field(1, ge=1, description="photos that have a keyword")
    name: str | None = Field(None, description="keep what was learned under this name")


class MatchParams(Params):
    words: list[str] = Field(min_length=1, max_length=1000, description="what a model says of one photo")
    name: str | None = Field(None, description="none = the list in use")
    policy: Policy = Policy.PREFER


class QueueParams(Params):
    name: str | None = Field(None, description="none = the list in use")
    limit: int = Field(100, ge=1, le=10_000)
    examples: int = Field(0, ge=0, le=6, description="photos to tell with each word")


class TreePageParams(Params):
    name: str | None = Field(None, description="none = the list in use")
    under: list[str] = Field([], description="the path of a keyword; none = the root")
    offset: int = Field(0, ge=0, lt=2**31)
    limit: int = Field(200, ge=1, le=1000)
    child: str | None = Field(None, description="the page that has the keyword of this name, instead of offset")


class FindParams(Params):
    name: str | None = Field(None, description="none = the list in use")
    text: str = Field(max_length=200, description="of a name or a synonym; A|b = below what begins with A")
    limit: int = Field(20, ge=1, le=200)


class EditParams(Params):
    name: str | None = Field(None, description="none = the list in use")
    kind: Edit
    path: list[str] = Field([], max_length=100, description="the keyword; of add the one above, none = the root")
    value: str = Field("", max_length=1000, description="the new name, A|B for several levels of add; the synonym")
    to: list[str] = Field([], max_length=100, description="of move: the keyword that it goes below, none = the root")


class UndoEditParams(Params):
    name: str | None = Field(None, description="none = the list in use")
    edit: int | None = Field(None, ge=1, lt=2**63, description="none = the latest that stands")


class EditsParams(Params):
    name: str | None = Field(None, description="none = the list in use")
    limit: int = Field(20, ge=1, le=1000)


class AcceptParams(Params):
    word: str = Field(min_length=1, max_length=200)
    path: list[str] = Field([], description="where it goes and what it is called there; none = at the root")
    name: str | None = Field(None, description="none = the list in use")


class RefuseParams(Params):
    word: str = Field(min_length=1, max_length=200)
    name: str | None = Field(None, description="none = the list in use")


class TreeParams(Params):
    tree: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="any text of the host's that changes whenever its keyword tree does"
    )
    keywords: list[TreeKeyword] | None = Field(None, description="the whole tree; none = only asks")


def vocabulary_methods(service: Service) -> list[Method]:
    vocabularies, keywords = service.vocabularies, service.keywords

    def learn(params: LearnParams) -> LearnedVocabulary:
        return vocabularies.learn(
            [from_uri(uri) for uri in params.uris],
            recursive=params.recursive,
            exclude=params.exclude,
            at_least=params.at_least,
            name=params.name,
        )

    return [
        Method(
            "vocabulary.import",
            ImportParams,
            ImportedVocabulary,
            lambda p: vocabularies.import_list(p.text, p.name, p.format, use=p.use),
            "Keep a keyword list.",
        ),
        Method(
            "vocabulary.export",
            ExportParams,
            ExportedVocabulary,
            lambda p: vocabularies.export(p.name, p.format),
            "A keyword list as text.",
        ),
        Method(
            "vocabulary.list",
            NoParams,
            list[VocabularyInfo],
            lambda _: vocabularies.list(),
            "The keyword lists that have a name.",
        ),
        Method(
            "vocabulary.use",
            UseParams,
            list[VocabularyInfo],
            lambda p: vocabularies.use(p.name),
            "Which list runs take that name none.",
        ),
        Method(
            "vocabulary.remove",
            NameParams,
            list[VocabularyInfo],
            lambda p: vocabularies.remove(p.name),
            "Forget a keyword list; runs that were started with it keep it.",
        ),
        Method(
            "vocabulary.learn",
            LearnParams,
            LearnedVocabulary,
            learn,
            "Count the keywords that a person gave to photos, and keep them as a list.",
        ),
        Method(
            "vocabulary.match",
            MatchParams,
            MatchedWords,
            lambda p: vocabularies.match(p.words, p.name, p.policy),
            "What a run would write for these words.",
        ),
        Method(
            "vocabulary.queue",
            QueueParams,
            Queue,
            lambda p: keywords.queue(p.name, p.limit, p.examples),
            "Words that a list lacks, waiting for a person.",
        ),
        Method(
            "vocabulary.accept",
            AcceptParams,
            ImportedVocabulary,
            lambda p: keywords.accept(p.word, p.path, p.name),
            "Take a word into a list.",
        ),
        Method(
            "vocabulary.refuse",
            RefuseParams,
            Queue,
            lambda p: keywords.refuse(p.word, p.name),
            "Never suggest a word again.",
        ),
        Method(
            "vocabulary.tree",
            TreePageParams,
            TreePage,
            lambda p: keywords.tree(p.name, tuple(p.under), p.offset, p.limit, p.child),
            "The keywords right below one.",
        ),
        Method(
            "vocabulary.find",
            FindParams,
            FoundKeywords,
            lambda p: keywords.find(p.text, p.name, p.limit),
            "Keywords by what is typed of a name, a synonym or a place.",
        ),
        Method(
            "vocabulary.edit",
            EditParams,
            EditedList,
            lambda p: keywords.edit(Change(p.kind, tuple(p.path), p.value, tuple(p.to)), p.name),
            "Change one keyword of a list; photos stay as they are.",
        ),
        Method(
            "vocabulary.undo_edit",
            UndoEditParams,
            EditedList,
            lambda p: keywords.undo(p.name, p.edit),
            "Take back an edit, an acceptance, a refusal or an import.",
        ),
        Method(
            "vocabulary.edits",
            EditsParams,
            list[KeywordEdit],
            lambda p: keywords.edits(p.name, p.limit),
            "What was done to a list, the newest first.",
        ),
        Method(
            "vocabulary.sync",
            TreeParams,
            TreeKnown,
            lambda p: service.hosts.sync_tree(p.tree, p.keywords),
            "A host's keyword tree, sent once per hash.",
        ),
    ]
