"""How often something may be asked: counters in a cache that all processes share, in fixed stretches of time."""

from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from django.core.cache import caches
from django.core.cache.backends.filebased import FileBasedCache
from django.core.files import locks

from accounts import clock

#: How many are allowed within so many seconds.
Limit = tuple[int, int]


class CountingFileCache(FileBasedCache):
    """A cache in files that counts right when several processes of one machine count at once."""

    def add(self, *args, **kwargs):
        with self._alone():
            return super().add(*args, **kwargs)

    def incr(self, *args, **kwargs):
        with self._alone():
            return super().incr(*args, **kwargs)

    @contextmanager
    def _alone(self):
        self._createdir()
        with (Path(self._dir) / "lock").open("ab") as file:
            locks.lock(file, locks.LOCK_EX)
            yield


def seconds_to_wait(what: str, limits: Iterable[Limit]) -> int:
    """Count one more asking of `what`; returns 0, or after how many seconds to ask again where it was too often."""
    counters, now, wait = caches["limits"], int(clock.now().timestamp()), 0
    for most, span in limits:
        stretch, gone = divmod(now, span)
        key = f"{what}:{span}:{stretch}"
        counters.add(key, 0, timeout=span)
        try:
            count = counters.incr(key)
        except ValueError:  # its stretch ended in between
            continue
        if count > most:
            wait = max(wait, span - gone)
    return wait
