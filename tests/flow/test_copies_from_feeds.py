"""What feeds bring, through poller, intake and stories: one report in several papers counts once, a contradiction twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.domain import EVERYONE, Scope, SourceKind
from bot.library.source_store import Choices
from bot.library.store import Membership
from bot.polling.poller import Poller
from bot.settings import load_settings
from tests.web import START, Clock, Entry, Web, page, rss

HOUSE = Scope("house")
HOUR = timedelta(hours=1)

WIRE = [
    "A freight train carrying cement left the rails near Ostmark on Tuesday morning and blocked the line to Lindholm.",
    "Fourteen of the 31 wagons overturned, the rail company Nordbahn said, and two of them hit a signal box.",
    "The driver, a man of 52, was taken to the hospital of Ostmark with a broken arm; nobody else was hurt.",
    "Nordbahn said a broken rail was the likely cause and promised the first results of its inquiry for Friday.",
    "Around 6,000 commuters use the line every day, and buses replace the trains until the weekend at least.",
    "Mayor Helene Brandt said the town had warned of the state of the tracks three times since last spring.",
]
EDITED = [
    "A cement freight train left the rails near Ostmark on Tuesday morning, blocking the line to Lindholm.",
    *WIRE[1:4],
    "Some 6,000 commuters take the line every day; buses replace the trains until at least the weekend.",
    "The town had warned of the state of the tracks three times since last spring, said Mayor Helene Brandt.",
]
GERMAN = [
    "Ein mit Zement beladener Güterzug ist am Dienstagmorgen bei Ostmark entgleist und blockiert die Strecke nach Lindholm.",
    "Vierzehn der 31 Wagen stürzten um, teilte das Bahnunternehmen Nordbahn mit, zwei davon trafen ein Stellwerk.",
    "Der Fahrer, ein 52 Jahre alter Mann, kam mit einem gebrochenen Arm ins Krankenhaus von Ostmark; sonst wurde niemand verletzt.",
    "Nordbahn nannte eine gebrochene Schiene als wahrscheinliche Ursache und versprach erste Ergebnisse der Untersuchung für Freitag.",
    "Rund 6.000 Pendler nutzen die Strecke jeden Tag, und Busse ersetzen die Züge mindestens bis zum Wochenende.",
    "Bürgermeisterin Helene Brandt sagte, die Stadt habe seit dem vergangenen Frühjahr dreimal vor dem Zustand der Gleise gewarnt.",
]
OTHER_VIEW = [
    "Two people died when a train with cement derailed outside Ostmark, a spokesman of the fire brigade said on Tuesday.",
    "It was not a broken rail but the speed of the train that threw nineteen wagons off the line, according to the brigade.",
    "Divers searched the river Treva beneath the embankment until noon, because one wagon had slid into the water.",
    "The prosecutor of Lindholm has opened an investigation against the dispatcher who was on duty at the time.",
]
ELSEWHERE = [
    "The museum of Karsow shows the letters of the painter Ida Velten, which were found in an attic in January.",
    "The exhibition holds ninety letters and forty drawings, said the curator, and stays open until the autumn.",
    "Admission is free on Sundays, and school classes may ask for a tour through the rooms of the archive.",
]


@dataclass
class Desk:
    app: App
    web: Web
    clock: Clock
    poller: Poller

    async def brings(self, paper: str, title: str, paragraphs: list[str], *, teaser: bool = False) -> None:
        """Let a paper publish an item, whole or as a teaser with its article, and poll."""
        link, feed = f"https://{paper}.example/{len(self.web.places)}", f"https://{paper}.example/feed"
        text = f"{paragraphs[0][:90]} … Read more" if teaser else "</p><p>".join(paragraphs)
        self.web.put(link, page(title, *paragraphs), media_type="text/html")
        published = self.clock() + HOUR / 2
        self.web.put(feed, rss(Entry(f"urn:{link}", title, text, link, published), title=paper.title()))
        await self.app.sources.add(SourceKind.FEED, feed, EVERYONE, Choices(), now=self.clock())
        self.clock.at += HOUR
        await self.poller.step()

    async def places(self) -> Mapping[str, Membership]:
        """Where each paper's document stands."""
        documents = await self.app.store.documents(HOUSE)
        places = await self.app.store.memberships(HOUSE, [one.id for one in documents])
        return {one.name.split("/")[2].removesuffix(".example"): places[one.id] for one in documents}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "seeds").mkdir()
    env = {"VERBATIM_DATA_DIR": str(tmp_path / "data"), "VERBATIM_SEEDS_DIR": str(tmp_path / "seeds")}
    async with open_app(load_settings(env=env, cwd=tmp_path)) as app:
        web, clock = Web(), Clock(START)
        poller = Poller(app.sources, web, app.reader, app.intake, now=clock, sleep=clock.sleep)
        yield Desk(app, web, clock, poller)


async def test_one_report_in_five_papers_counts_once(desk: Desk) -> None:
    await desk.brings("herald", "Freight train derails near Ostmark", WIRE)
    await desk.brings("courier", "Train with cement off the rails", WIRE, teaser=True)  # its article
    await desk.brings("gazette", "Derailment blocks line to Lindholm", EDITED)  # edited
    await desk.brings("post", "Freight train derails near Ostmark", WIRE[:4])  # shortened
    await desk.brings("bote", "Güterzug bei Ostmark entgleist", GERMAN)  # translated
    places = await desk.places()
    assert len(places) == 5
    assert len({place.report_id for place in places.values()}) == 1, places
    assert [place.reason for paper, place in places.items() if not place.reason] == [""]  # of the first


async def test_reports_that_contradict_each_other_count_twice(desk: Desk) -> None:
    await desk.brings("herald", "Freight train derails near Ostmark", WIRE)
    await desk.brings("brigade", "Two dead after derailment near Ostmark", OTHER_VIEW)
    figures = [one.replace("Fourteen", "Nineteen").replace("nobody else was hurt", "three others were hurt") for one in WIRE]
    await desk.brings("rival", "Freight train derails near Ostmark", figures)
    await desk.brings("culture", "Letters of a painter", ELSEWHERE)
    places = await desk.places()
    assert len({place.report_id for place in places.values()}) == 4, places
    assert places["culture"].story_id != places["herald"].story_id
    assert places["rival"].story_id == places["herald"].story_id


async def test_an_item_that_two_feeds_of_one_paper_list_is_one_report(desk: Desk) -> None:
    link = "https://herald.example/train"
    one = Entry("urn:train", "Freight train derails near Ostmark", "</p><p>".join(WIRE), link, START)
    for name in ("all", "regional"):
        desk.web.put(f"https://herald.example/{name}", rss(one))
        await desk.app.sources.add(SourceKind.FEED, f"https://herald.example/{name}", EVERYONE, Choices(), now=START)
    await desk.poller.step()
    documents = await desk.app.store.documents(HOUSE)
    places = await desk.app.store.memberships(HOUSE, [document.id for document in documents])
    assert len(documents) == 2
    assert len({place.report_id for place in places.values()}) == 1


async def test_copies_are_recognised_among_news_as_among_what_stood_there(desk: Desk) -> None:
    for paper in ("herald", "gazette"):  # what they hold at the start is no news
        await desk.brings(paper, f"The {paper} begins", [f"Paragraph {n} of the {paper}'s own first day." for n in range(9)])
    await desk.brings("herald", "Freight train derails near Ostmark", WIRE)
    await desk.brings("gazette", "Derailment blocks line to Lindholm", EDITED)
    documents = {one.id: one for one in await desk.app.store.documents(HOUSE)}
    news = [key for key, one in documents.items() if not one.baseline]
    places = await desk.app.store.memberships(HOUSE, news)
    assert len(news) == 2
    assert len({place.report_id for place in places.values()}) == 1
