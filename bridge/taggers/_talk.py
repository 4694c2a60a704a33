"""What models say to the person instead of about the picture: apologies, refusals, politeness, thoughts aloud."""

from __future__ import annotations

import re

_ENGLISH = (
    r"(?:i'?m|i am|we are) (?:sorry|unable|not able|afraid)|(?:i )?(?:cannot|can'?t|can not|won'?t) (?:see|view|help|"
    r"assist|process|provide|describe|identify|fulfil|comply|access|open)|as an? (?:ai|language|vision)\b|sorry[,.]? |"
    r"my apologies|i apologi[sz]e|unfortunately,|there is no (?:image|photo|picture)\b|no (?:image|photo|picture) "
    r"(?:was |is )?(?:provided|attached|visible|given)|please (?:provide|upload|attach|share)|"
    r"(?:sure|certainly|of course|okay|ok|great)[,!:] |i (?:hope|would|will|think|see|need)\b|let me\b|"
    r"here (?:are|is) (?:[\w-]+ ){0,4}(?:keywords|tags|json|caption|description|list|answer)|let'?s (?:see|look)\b|"
    r"the (?:user|assistant) (?:wants|asks|asked|is)\b|ignore (?:all|any|the|your|previous)\b"
)
# The openings by which models apologise in other languages, whatever the language of the question was.
_OTHERS = (
    r"(?:es )?tut mir (?:sehr )?leid|leider (?:kann|ist|habe)|entschuldigung|ich kann (?:das|dieses|kein|nicht)|"
    r"je suis d[ée]sol[ée]|d[ée]sol[ée]e?[,. ]|je ne (?:peux|suis)|malheureusement|"
    r"lo siento|lo lamento|no puedo (?:ver|ayudar|procesar|describir)|disculp[ae]|"
    r"mi dispiace|non posso (?:vedere|aiutare)|(?:me )?desculpe|sinto muito|n[ãa]o (?:posso|consigo)|"
    r"het spijt me|sorry, ik|przepraszam|nie mog[ęe]|к сожалению|извините|простите|я не могу|"
    r"抱歉|对不起|很抱歉|對不起|我无法|我無法|申し訳|すみません|죄송|آسف|عذر"
)
_TALK = re.compile(rf"(?:{_ENGLISH}|{_OTHERS})", re.IGNORECASE)


def is_talk(text: str) -> bool:
    """Whether a text opens as talk to the person who asked."""
    return _TALK.match(text.lstrip("¡¿*\"' ")) is not None
