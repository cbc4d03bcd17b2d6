"""What an interviewer can do that not everybody can: languages, signing, talking with children."""

from __future__ import annotations

from sampling.text import Text

# ISO 639-3 for the spoken languages of Guangzhou's people (docs/domain.md, section 6.4).
SKILLS = {
    "yue": Text("粤语", "Cantonese"),
    "cmn": Text("普通话", "Mandarin"),
    "hak": Text("客家话", "Hakka"),
    "nan": Text("潮汕话", "Teochew"),
    "sign": Text("手语", "sign language"),
    "child": Text("与儿童谈话", "talking with children"),
}
