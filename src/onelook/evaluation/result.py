"""An evaluation as a plain, serialisable result: the content of `evaluation.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

SetName = Literal["test", "val"]


@dataclass(frozen=True)
class ClassResult:
    """How well one class was told from the others; 0 where there was nothing to divide by."""

    class_name: str
    precision: float
    recall: float
    f1: float
    support: int  # rows of this class


@dataclass(frozen=True)
class LeftScore:
    """The scores on the pictures that are left when those that the model has seen are taken out."""

    rows: int
    accuracy: float
    accuracy_interval: tuple[float, float]  # 95 %, Wilson 1927
    balanced_accuracy: float
    macro_f1: float
    loss: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {**asdict(self), "accuracy_interval": list(self.accuracy_interval)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LeftScore:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: a field is missing, or is not what it must be.
        """
        low, high = values["accuracy_interval"]
        scores = {name: float(values[name]) for name in ("accuracy", "balanced_accuracy", "macro_f1", "loss")}
        return cls(rows=int(values["rows"]), accuracy_interval=(float(low), float(high)), **scores)


@dataclass(frozen=True)
class Evaluation:
    """A model's scores on one set of labelled pictures. All shares lie in [0, 1]."""

    set_name: SetName  # `set` in JSON
    rows: int
    accuracy: float
    accuracy_interval: tuple[float, float]  # 95 %, Wilson 1927
    balanced_accuracy: float  # over the classes that have rows
    macro_f1: float  # over the classes that have rows or were predicted
    loss: float  # mean of -log p(label), in nats
    class_names: tuple[str, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]  # row: the label; column: the predicted class
    per_class: tuple[ClassResult, ...]
    warnings: tuple[str, ...] = ()
    # Pictures that the model has seen, by how (`evaluation.leaks.KINDS`); None where nobody looked.
    leaked: Mapping[str, int] | None = None
    without_leaks: LeftScore | None = None  # None where none was seen, or all were

    def to_dict(self) -> dict[str, Any]:
        """JSON values, with the field names that the design fixes."""
        values = asdict(self)
        # JSON knows lists only: what is written equals what is read back.
        lists: dict[str, Any] = {
            "accuracy_interval": list(self.accuracy_interval),
            "class_names": list(self.class_names),
            "confusion_matrix": [list(row) for row in self.confusion_matrix],
            "per_class": [asdict(result) for result in self.per_class],
            "warnings": list(self.warnings),
        }
        del values["leaked"], values["without_leaks"]
        if self.leaked is not None:
            left = None if self.without_leaks is None else self.without_leaks.to_dict()
            lists |= {"leaked": dict(self.leaked), "without_leaks": left}
        return {"set": values.pop("set_name"), **values, **lists}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evaluation:
        """The inverse of `to_dict`. Fields that a later version added are passed over.

        Raises:
            KeyError, TypeError, ValueError: a field is missing, or is not what it must be.
        """
        low, high = values["accuracy_interval"]
        leaked, left = values.get("leaked"), values.get("without_leaks")
        if values["set"] not in ("test", "val"):
            raise ValueError(f"set is {values['set']!r}, expected 'test' or 'val'")
        return cls(
            set_name=values["set"],
            rows=int(values["rows"]),
            accuracy=float(values["accuracy"]),
            accuracy_interval=(float(low), float(high)),
            balanced_accuracy=float(values["balanced_accuracy"]),
            macro_f1=float(values["macro_f1"]),
            loss=float(values["loss"]),
            class_names=tuple(str(name) for name in values["class_names"]),
            confusion_matrix=tuple(tuple(int(count) for count in row) for row in values["confusion_matrix"]),
            per_class=tuple(
                ClassResult(
                    class_name=str(result["class_name"]),
                    precision=float(result["precision"]),
                    recall=float(result["recall"]),
                    f1=float(result["f1"]),
                    support=int(result["support"]),
                )
                for result in values["per_class"]
            ),
            warnings=tuple(str(warning) for warning in values["warnings"]),
            leaked={str(kind): int(count) for kind, count in leaked.items()} if leaked is not None else None,
            without_leaks=None if left is None else LeftScore.from_dict(left),
        )
