"""What an interviewer can do that not everybody can: languages, signing, talking with children."""

from __future__ import annotations

from surveys.calling.words import Words

# ISO 639-3 for the spoken languages of Guangzhou's people (domain.md, 6, "Dialect").
SKILLS = {
    "yue": Words("粤语", "Cantonese"),
    "cmn": Words("普通话", "Mandarin"),
    "hak": Words("客家话", "Hakka"),
    "nan": Words("潮汕话", "Teochew"),
    "sign": Words("手语", "sign language"),
    "child": Words("与儿童谈话", "talking with children"),
}
