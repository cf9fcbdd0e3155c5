"""Text that nobody here wrote, as models are shown it."""

import re

# None of what follows occurs in a text of these alone, and most claims are: they need no second look.
_ORDINARY = re.compile(r"[A-Za-z0-9 ,.;()'/+*%=_-]*")
_LINE_ENDS = re.compile("\r\n|[\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]")
# Controls, and what Unicode calls default ignorable: fillers, variation selectors and tags can carry a hidden text.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Some tokenizers take the full-width signs for the plain ones, and some chat templates are written with them.
_PAIRS = (
    (re.compile("[<＜]([|｜])"), r"‹\1"),
    (re.compile("([|｜])[>＞]"), r"\1›"),
    (re.compile("[<＜]{2}"), "‹‹"),
    (re.compile("[>＞]{2}"), "››"),
)
_ROLE_NAMES = r"system|assistant|user|human|developer|tool|model|ai"
_ROLE_LINE = re.compile(rf"^([^\w\n]*)({_ROLE_NAMES})(?:[^\w\n:：]{{0,6}}[:：])+", re.IGNORECASE | re.MULTILINE)
_ROLE_HEADING = re.compile(
    rf"^([^\S\n]*)#(?:#|[^\S\n])*(?=(?:{_ROLE_NAMES}|instructions?|response|input|output)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_ROLE_TAG = re.compile(
    r"[<＜](?=\s{0,8}/?\s{0,8}(?:\|?\s{0,8}(?:im_|start_|end_|begin(?:ning)?[_▁]|tool_|eot|eom|eos|bos|endof)"
    rf"|(?:{_ROLE_NAMES}|think|s|bos|eos)\b))",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    r"\[([|/]?[^\S\n]{0,8}(?:INST|SYS|SYSTEM|ASSISTANT|USER|HUMAN|TOOL_|AVAILABLE_TOOLS|ENDOFTURN)[^\]\[\n]{0,40})\]",
    re.IGNORECASE,
)


def neutral(text: str) -> str:
    """The text without characters that nobody sees, and with the signs of chat protocols made into plain ones.

    Words stay as they are: `<|im_start|>` becomes `‹|im_start|›`, `System:` at the head of a line `System -`,
    `[INST]` becomes `(INST)`, `### Instruction` loses its signs.
    """
    if _ORDINARY.fullmatch(text):
        return text
    text = INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    for signs, plain in _PAIRS:
        text = signs.sub(plain, text)
    text = _ROLE_TAG.sub("‹", text)
    while _BRACKETED.search(text):
        text = _BRACKETED.sub(r"(\1)", text)
    text = _ROLE_HEADING.sub(r"\1", text)
    return _ROLE_LINE.sub(r"\1\2 -", text)


def line(text: str) -> str:
    """The neutral text on one line."""
    return " ".join(neutral(text).split())
