"""What tests of searches share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from optuna.storages._rdb.storage import _VersionManager


@pytest.fixture(scope="session", autouse=True)
def _migrations_are_read_once() -> Iterator[None]:
    """Optuna runs all of its migrations' files anew for each study that is opened, and twice for a new one."""
    scripts = []
    create = _VersionManager._create_alembic_script

    def created_once(manager: _VersionManager) -> object:
        if not scripts:
            scripts.append(create(manager))
        return scripts[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_VersionManager, "_create_alembic_script", created_once)
        yield
