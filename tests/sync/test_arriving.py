"""What arrives right now, to which the rest of the engine gives way."""

import asyncio
from dataclasses import replace

import pytest

from fakes import FakeClock
from pruvan_desk.sync.context import BETWEEN_SECONDS, EngineContext
from pruvan_desk.sync.inspector import AT_ONCE, LEISURE, LONGEST_REST, WHILE_BUSY, Inspector, Uninspected


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def engine(context: EngineContext, clock: FakeClock) -> EngineContext:
    """An engine's parts, at a clock that stands still."""
    return replace(context, clock=clock)


def test_uploads_and_watch_folders_count_while_they_last(engine: EngineContext) -> None:
    engine.taking.add(7)
    with engine.uploading(), engine.uploading():
        assert (engine.uploads, engine.arriving) == (2, 3)
    assert (engine.uploads, engine.arriving) == (0, 1)


def test_between_two_uploads_of_a_phone_something_arrives_still(engine: EngineContext, clock: FakeClock) -> None:
    assert engine.arriving == 0
    with engine.uploading():
        clock.advance(60)
    assert engine.arriving == 1
    clock.advance(BETWEEN_SECONDS - 0.01)
    assert engine.arriving == 1
    clock.advance(0.02)
    assert engine.arriving == 0


def test_an_upload_that_fails_has_ended_too(engine: EngineContext) -> None:
    with pytest.raises(ConnectionError), engine.uploading():
        raise ConnectionError
    assert (engine.uploads, engine.arriving) == (0, 1)


@pytest.mark.parametrize(("passed", "most"), [(0.0, WHILE_BUSY), (BETWEEN_SECONDS, AT_ONCE)])
def test_the_inspector_begins_no_large_batch_between_two_uploads(
    engine: EngineContext, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, passed: float, most: int
) -> None:
    asked: list[int] = []
    inspector = Inspector(engine)
    monkeypatch.setattr(inspector, "_waiting", lambda limit: asked.append(limit) or [])
    with engine.uploading():
        pass
    clock.advance(passed)
    asyncio.run(inspector._inspect_some())
    assert asked == [most]


@pytest.mark.parametrize(("ended", "seconds"), [(0, 0.2), (3, 0.2), (3, 60.0)])
def test_the_inspector_rests_for_each_upload_that_ended_while_it_worked(
    engine: EngineContext, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, ended: int, seconds: float
) -> None:
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    def look(_limit: int) -> list[Uninspected]:
        for _ in range(ended):
            with engine.uploading():
                pass
        clock.advance(seconds)
        return []

    inspector = Inspector(engine)
    monkeypatch.setattr(inspector, "_waiting", look)
    monkeypatch.setattr("pruvan_desk.sync.inspector.asyncio.sleep", rest)
    with engine.uploading():
        asyncio.run(inspector._inspect_some())
    assert rested == pytest.approx([min(LEISURE * ended * seconds, LONGEST_REST)] * bool(ended))
