"""What people keep from themselves and have us keep of them: muting topics and stories, being forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.chat.brief_texts import tell
from bot.chat.composing import note_message
from bot.chat.messages import Button, ButtonStyle, Heading, Message, Paragraph, Points, Tone
from bot.chat.requests import Request, Responder
from bot.chat.texts import say
from bot.front_desk.brief_requests import BriefRoom, Handler, refused
from bot.front_desk.brief_wishes import LONGEST_TOPIC
from bot.front_desk.language import language_of
from bot.library.brief_store import Mute

if TYPE_CHECKING:
    from bot.chat.messages import Block


class BriefPeople(BriefRoom):
    """`/news me` and the buttons that mute."""

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "news me": self.me, "mute": self.mute, "unmute": self.unmute, "forget": self.forget,
            "home me": self.home_me,
        }  # fmt: skip

    async def mute(self, request: Request, responder: Responder) -> None:
        """A story that a button names."""
        language, place = language_of(request), request.place
        _, _, entry = await self._shown_brief(request)
        if entry is None:
            raise refused("button-too-old", language)
        mute = Mute(story_id=entry.story_id)
        await self._briefs.mute(place.platform, place.workspace, request.person.id, mute, now=self._now())
        undo = Button(say("undo", language), f"unmute:{entry.story_id}:")
        what = tell("story", language, headline=entry.headline[:LONGEST_TOPIC] or f"#{entry.story_id}")
        told = tell("muted", language, what=what)
        await responder.only_you(note_message(told, language, Tone.GOOD, [undo]))

    async def unmute(self, request: Request, responder: Responder) -> None:
        """What a button names: a story's number, or the place of a topic among those that are muted."""
        language, place = language_of(request), request.place
        story, _, index = request.name.partition(":")[2].partition(":")
        found = await self._briefs.mutes(place.platform, place.workspace, request.person.id)
        if story.isdigit():
            chosen = [one for one in found if one.story_id == int(story)]
        else:
            topics = [one for one in found if one.story_id is None]
            chosen = topics[int(index) : int(index) + 1] if index.isdigit() else []
        for one in chosen:
            await self._briefs.unmute(place.platform, place.workspace, request.person.id, one)
        what = ", ".join(muted_words(one, language) for one in chosen)
        if not chosen:
            raise refused("button-too-old", language)
        await responder.replace(note_message(tell("unmuted", language, what=what), language, Tone.GOOD))

    async def me(self, request: Request, responder: Responder) -> None:
        """What is kept of a person; mute, unmute, forget."""
        language, place, person = language_of(request), request.place, request.person.id
        given = request.arguments
        if given.get("forget") == "true":
            await responder.only_you(sure_message(language))
            return
        if topic := given.get("mute", "").strip()[:LONGEST_TOPIC]:
            await self._briefs.mute(place.platform, place.workspace, person, Mute(topic), now=self._now())
            told = tell("muted", language, what=muted_words(Mute(topic), language))
            await responder.only_you(note_message(told, language, Tone.GOOD))
            return
        if topic := given.get("unmute", "").strip():
            found = await self._briefs.mutes(place.platform, place.workspace, person)
            chosen = [one for one in found if one.topic.casefold() == topic.casefold() or topic == f"#{one.story_id}"]
            for one in chosen:
                await self._briefs.unmute(place.platform, place.workspace, person, one)
            key = "unmuted" if chosen else "was-not-muted"
            what = muted_words(chosen[0] if chosen else Mute(topic), language)
            await responder.only_you(note_message(tell(key, language, what=what), language))
            return
        await responder.only_you(await self.kept_about(request))

    async def kept_about(self, request: Request) -> Message:
        language, place = language_of(request), request.place
        found = await self._briefs.mutes(place.platform, place.workspace, request.person.id)
        head = tell("me-head", language)
        blocks: list[Block] = [Heading(head)]
        buttons: list[Button] = []
        if found:
            blocks.append(Paragraph(tell("me-mutes", language, what=""), strong=True))
            blocks.append(Points(tuple(muted_words(one, language) for one in found)))
            topics = [one for one in found if one.story_id is None]
            for one in found[:3]:
                name = f"unmute:{one.story_id}:" if one.story_id is not None else f"unmute::{topics.index(one)}"
                buttons.append(Button(tell("button-unmute", language, what=one.topic or f"#{one.story_id}"), name))
        else:
            blocks.append(Paragraph(tell("me-none", language)))
        blocks.append(Paragraph(tell("me-kept", language), small=True))
        buttons.append(Button(tell("button-forget", language), "forget:ask", style=ButtonStyle.DANGER))
        return Message(head, tuple(blocks), language, buttons=tuple(buttons))

    async def home_me(self, request: Request, responder: Responder) -> None:
        await responder.only_you(await self.kept_about(request))

    async def forget(self, request: Request, responder: Responder) -> None:
        language, place = language_of(request), request.place
        answer = request.name.partition(":")[2]
        if answer == "ask":
            await responder.only_you(sure_message(language))
        elif answer == "yes":
            n = await self._briefs.forget_person(place.platform, place.workspace, request.person.id)
            await self._deliveries.forget_person(place.platform, place.workspace, request.person.id)
            await responder.replace(note_message(tell("forgotten", language, n=n), language, Tone.GOOD))
        else:
            await responder.replace(note_message(say("cancelled", language), language))


def muted_words(mute: Mute, language: str) -> str:
    if mute.story_id is not None:
        return tell("story", language, headline=f"#{mute.story_id}")
    return tell("topic", language, topic=mute.topic)


def sure_message(language: str) -> Message:
    buttons = (
        Button(tell("button-forget", language), "forget:yes", style=ButtonStyle.DANGER),
        Button(tell("button-keep", language), "forget:no"),
    )
    sure = tell("forget-sure", language)
    return Message(sure, (Paragraph(sure),), language, Tone.WARNING, buttons)
