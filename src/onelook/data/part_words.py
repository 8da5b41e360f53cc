"""The words for the parts of a data set in names, in English and other languages, and for shares of its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

# Languages that write words without blanks: a name such as `训练集` has the word and what follows it.
_UNSPACED: Mapping[str, str] = {
    **dict.fromkeys(("训练", "訓練", "学習", "학습", "훈련", "트레이닝", "トレーニング"), "train"),
    **dict.fromkeys(("验证", "驗證", "検証", "검증", "バリデーション", "밸리데이션"), "val"),
    **dict.fromkeys(("测试", "測試", "テスト", "評価", "테스트", "평가"), "test"),
}
# What may follow such a word; `학습지`, a workbook, is no part.
_AFTER = (
    *("集", "用", "组", "組", "样本", "数据集", "数据", "資料集", "資料", "图片", "图像", "圖片"),
    *("画像", "データセット", "データ", "セット", "用データ", "데이터셋", "데이터", "용", "셋", "세트", "이미지"),
)
PART_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("train", "training", "trainset"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "valset"), "val"),
    **dict.fromkeys(("test", "testing", "testset"), "test"),
    **_UNSPACED,
    # Without accents, as `plain` writes them.
    **dict.fromkeys(("entrenamiento", "treino", "treinamento", "addestramento", "allenamento"), "train"),
    **dict.fromkeys(("apprentissage", "entrainement", "trainingsdaten", "trainingsbilder", "egitim"), "train"),
    **dict.fromkeys(("обучение", "обучающая", "тренировка", "тренировочная", "трейн", "trening", "uczenie"), "train"),
    **dict.fromkeys(("تدريب", "التدريب", "آموزش", "אימון", "latih", "навчання", "träning"), "train"),
    **dict.fromkeys(("تحقق", "التحقق", "валідація"), "val"),
    **dict.fromkeys(("اختبار", "الاختبار", "آزمون", "מבחן", "uji", "teszt", "testi"), "test"),
    "validate": "val",  # as in Fakeddit's `multimodal_validate.tsv`
    **dict.fromkeys(("validacion", "validacao", "validazione", "validierung", "validierungsdaten"), "val"),
    **dict.fromkeys(("валидация", "валидационная", "walidacja", "dogrulama", "validatie", "validasi"), "val"),
    **dict.fromkeys(("prueba", "pruebas", "teste", "testes", "testdaten", "testbilder"), "test"),
    **dict.fromkeys(("тест", "тестовая", "тестирование", "testowe", "testowy"), "test"),
}
# Words of folders that hold a share of the pictures, by when or how they came.
SHARE_WORDS = frozenset(
    (
        *("images", "image", "imgs", "img", "photos", "photo", "pictures", "picture", "data", "folder", "dir"),
        *("batch", "part", "parts", "fold", "set", "chunk", "shard", "scan", "run", "upload", "session", "day", "week"),
    )
)
# Those of them that only number shares of the pictures; a week, or a day, may be what is to be learnt.
NUMBERED_SHARES = SHARE_WORDS - {"session", "day", "week", "scan", "run"} | {
    "folds",
    "kfold",
    "cv",
    "cam",
    "camera",
    "ts",  # AI Hub's archives: TS1, TS2 … to train on, VS1 … to validate with
    "vs",
    "archive",
    "subset",
}

_FOLLOWED = rf"(?=(?:{'|'.join(_AFTER)})*(?![^\W\da-zA-Z_]))"
_UNSPACED_WORD = rf"(?:{'|'.join(_UNSPACED)}){_FOLLOWED}"
# The words of `seg_train`, `trainImages` or `asl_alphabet_test`: separated by signs, or by a capital letter.
_WORD = re.compile(
    rf"{_UNSPACED_WORD}|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|(?:(?!{_UNSPACED_WORD})[^\W\da-zA-Z_])+", re.DOTALL
)


@dataclass(frozen=True)
class Word:
    """A word of a name: in lower case without accents, and its place in the name."""

    text: str
    start: int
    end: int


def plain(name: str) -> str:
    """Return a name with letters without accents, and of the same length as its composed form.

    Example:
        >>> plain("validación"), plain("データ")
        ('validacion', 'データ')
    """
    return name if name.isascii() else "".join(map(_without_accent, normalize("NFC", name)))


@lru_cache(maxsize=1_000)
def _without_accent(sign: str) -> str:
    first = normalize("NFD", sign)[0]
    return first if first.isascii() else sign


def words_in(name: str) -> Iterator[Word]:
    """Yield the words of a name.

    Example:
        >>> [word.text for word in words_in("trainImages_01")], [word.text for word in words_in("训练集")]
        (['train', 'images', '01'], ['训练', '集'])
        >>> [word.text for word in words_in("학습지")], [word.text for word in words_in("Entraînement")]
        (['학습지'], ['entrainement'])
    """
    return (Word(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(plain(name)))


def plain_words(name: str) -> list[str]:
    """Return the words of a name, in lower case without accents.

    Example:
        >>> plain_words("segTrain_2 été")
        ['seg', 'train', '2', 'ete']
    """
    return [word.text for word in words_in(name)]


def part_in_other_words(name: str) -> str | None:
    """Return the part that a name means in a language other than English; None for other names.

    Example:
        >>> part_in_other_words("验证集"), part_in_other_words("Prueba"), part_in_other_words("train")
        ('val', 'test', None)
    """
    if name.isascii():
        return PART_WORDS.get(name.lower()) if name.lower() not in _ENGLISH else None
    words = [word.text for word in words_in(name)]
    is_part = bool(words) and words[0] in PART_WORDS and all(word in _AFTER for word in words[1:])
    return PART_WORDS[words[0]] if is_part and words[0] not in _ENGLISH else None


_ENGLISH = frozenset(
    ("train", "training", "trainset", "val", "valid", "validation", "valset", "test", "testing", "testset")
)
