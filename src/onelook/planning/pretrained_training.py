"""Pick the settings of a network with pretrained weights: train its head on features, or all of it."""

from __future__ import annotations

from onelook.planning.asked_in_words import left_out_in_words
from onelook.planning.facts import DataFacts
from onelook.planning.from_scratch import KEEPS_LOWEST_LOSS
from onelook.planning.optimizer_choice import usual_settings
from onelook.planning.picks import Picks, doubled_batch_size, one_cycle
from onelook.planning.pretrained_request import against_features, beginning_backbone
from onelook.settings.merge import Overrides, SectionValues
from onelook.wording import counted, percent

# Measured on features of dogs-vs-cats at 128 px: 96.6 % of held-out pictures with 2,400 training pictures, and 93.0 %
# with 20 per class. AdamW at 3e-4 gave 96.4 and 92.9 %, scikit-learn's logistic regression at its best C also 96.4 and
# 92.9 %.
_HEAD_RULE: SectionValues = {
    "name": "sgd",
    "learning_rate": 1e-3,
    "momentum": 0.9,
    "nesterov": True,
    "weight_decay": 0.4,
}
_HEAD_STEPS = 500
# The rates that fresh weights need make trained weights worse. Lower layers are more general, so they change less.
_WHOLE_RULE: SectionValues = {
    "name": "adamw",
    "learning_rate": 1e-3,
    "weight_decay": 0.02,
    "epsilon": 1e-8,
    "layer_decay": 0.5,
}
# With many pictures the rates are higher, also in the lowest layers: after 2 epochs of 20,000 pictures of CIFAR-10,
# enlarged to 64 px, the accuracy on other pictures is 83.7 %, and 75.9 % by the rule above.
_MANY = 10_000
_WHOLE_RULE_OF_MANY = _WHOLE_RULE | {"learning_rate": 3e-3, "layer_decay": 0.8}
# A network slowly remembers its pictures: after 10 epochs of CIFAR-10 at 96 px the accuracy was 97 % on training
# pictures and 92.1 % on others. With a hole in each picture and twice the smoothing it was 95 % and 92.5 % after 9.
_HOLE_OF_MANY = 0.25
_WHOLE_STEPS = 600
_LARGEST_BATCH = 64
_MOVED_BY = 0.1  # the largest shift, as a share of a side


def pick_pretrained_training(facts: DataFacts, asked: Overrides, *, device: str, continues: bool = False) -> Picks:
    """Pick the settings of a run with pretrained weights that the user did not give.

    Args:
        facts: the facts of the data.
        asked: the settings that the user gave, and the network.
        device: the training device, `cpu` or `cuda`.
        continues: whether the weights are those of an earlier run, not the published ones.
    """
    picks = Picks()
    if not continues:
        picks.add({}, beginning_backbone(str(asked["model"]), asked.get("weights")).in_words)
    changes_pictures = bool(against_features(asked))
    tune = asked.get("tune")
    if tune is None:
        tune = "full" if device != "cpu" or changes_pictures else "head"
        picks.add({"tune": tune}, _why_this_tuning(tune, device))
    is_head = tune == "head"
    is_whole_of_many = not is_head and facts.train_rows >= _MANY
    batch_size = asked.get("batch_size") or doubled_batch_size(facts.train_rows, largest=_LARGEST_BATCH)
    picks.add({"batch_size": batch_size}, f"batches of {batch_size}: {counted(facts.train_rows, 'training picture')}")
    if "epochs" not in asked and (is_head or "time_limit_seconds" not in asked):
        steps = max(1, -(-facts.train_rows // int(batch_size)))
        wanted, fewest, most = (_HEAD_STEPS, 10, 40) if is_head else (_WHOLE_STEPS, 4, 20)
        epochs = min(most, max(fewest, -(-wanted // steps)))
        picks.add(
            {"epochs": epochs}, f"{counted(epochs, 'epoch')}{' of the head' if is_head else ''}: some {wanted} steps"
        )
    own_rule = _HEAD_RULE if is_head else _WHOLE_RULE_OF_MANY if is_whole_of_many else _WHOLE_RULE
    named = asked.get("optimizer", {}).get("name")
    picks.add({"optimizer": own_rule if named is None else usual_settings(named, are_trained=True)})
    if "name" not in asked.get("schedule", {}):
        picks.add({"schedule": one_cycle()})
    if "keep_best" not in asked:
        picks.add({"keep_best": "val_loss"}, KEEPS_LOWEST_LOSS)
    if "label_smoothing" not in asked.get("loss", {}):
        smoothing = 0.1 if is_whole_of_many else 0.05
        picks.add({"loss": {"label_smoothing": smoothing}}, f"label smoothing {smoothing} against overconfidence")
    why_not = facts.why_not_mirrored
    if not is_head:
        moved = round(_MOVED_BY * min(facts.height, facts.width))
        augment: SectionValues = {"crop_padding": moved, "alternating_flip": not why_not}
        words = f"small shifts{f', no mirroring: {why_not}' if why_not else ' and mirroring'}"
        if is_whole_of_many:
            augment["cutout"] = _HOLE_OF_MANY
            words += f", a hole of {percent(_HOLE_OF_MANY, 0)} of the side: many pictures"
        given = asked.get("augment")
        if given:
            picks.add({}, left_out_in_words(augment, given))
        else:
            picks.add({"augment": augment}, words)
    if not is_head and "views" not in asked and not why_not:
        # This raised 92.1 to 92.6 % on 5,001 validation pictures of CIFAR-10. `views_in_words` gives the reason.
        picks.add({"views": {"horizontal_flip": True}})
    return picks


def _why_this_tuning(tune: str, device: str) -> str:
    if tune == "head":
        return "the head alone is trained: each picture is looked at once, which a CPU does in seconds (see --tune)"
    if device == "cpu":
        return "the whole network is trained: pictures that change at random have to be looked at every time"
    return "the whole network is trained: there is a GPU (see --tune)"
