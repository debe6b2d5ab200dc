"""What Slack keeps of its teams: messages, streams, files, views; and its answers to methods."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.support.slack.block_kit import view_violations, violations

Args = dict[str, Any]
Answer = dict[str, Any]


class Refused(Exception):
    """`ok: false`, with Slack's word for why."""


@dataclass
class Message:
    """A message as people see it: streamed text and steps included."""

    team: str
    channel: str
    ts: str
    thread_ts: str | None
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    steps: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    plan: str = ""
    streaming: bool = False
    to: str | None = None  # of an ephemeral message

    @property
    def everything(self) -> str:
        """All text of it, for looking something up."""
        return "\n".join([self.text, self.plan, json.dumps(self.blocks, ensure_ascii=False)])


@dataclass
class SlackTeams:
    """The teams by bot token, and what was done in them."""

    teams: Mapping[str, str]  # team id by bot token
    messages: list[Message] = field(default_factory=list[Message])
    files: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    views: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    statuses: list[Args] = field(default_factory=list[Args])
    prompts: list[Args] = field(default_factory=list[Args])
    installs: dict[str, Answer] = field(default_factory=dict[str, Answer])  # by OAuth code
    address: str = ""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def answer(self, method: str, args: Args, token: str) -> Answer:
        """Raises: Refused."""
        if method == "oauth.v2.access":
            return self._install(args)
        if method == "apps.connections.open":
            return {"url": f"{self.address.replace('http', 'ws')}/link"}
        team = self.teams.get(token)
        if team is None:
            raise Refused("invalid_auth")
        act = _METHODS.get(method)
        if act is None:
            raise Refused(f"unknown_method {method}")
        return act(self, args, team)

    def find(self, team: str, channel: str, ts: str) -> Message:
        for message in self.messages:
            if (message.team, message.channel, message.ts) == (team, channel, ts):
                return message
        raise Refused("message_not_found")

    def new_ts(self) -> str:
        return f"1700000000.{next(self._numbers):06d}"

    def _install(self, args: Args) -> Answer:
        if args["code"] not in self.installs:
            raise Refused("invalid_code")
        return self.installs.pop(args["code"])

    def auth_test(self, args: Args, team: str) -> Answer:
        del args
        return {"team_id": team, "user_id": f"UBOT{team[1:]}", "bot_id": f"B{team[1:]}", "url": ""}

    def post(self, args: Args, team: str) -> Answer:
        _check_message(args)
        text = args.get("markdown_text") or args.get("text", "")
        message = Message(team, args["channel"], self.new_ts(), args.get("thread_ts"), text)
        message.blocks = args.get("blocks") or []
        self.messages.append(message)
        return {"ts": message.ts, "channel": message.channel}

    def post_ephemeral(self, args: Args, team: str) -> Answer:
        answer = self.post(args, team)
        self.messages[-1].to = args["user"]
        return {"message_ts": answer["ts"]}

    def update(self, args: Args, team: str) -> Answer:
        _check_message(args)
        message = self.find(team, args["channel"], args["ts"])
        message.text, message.blocks = args["text"], args.get("blocks") or []
        return {"ts": message.ts}

    def start_stream(self, args: Args, team: str) -> Answer:
        if not args.get("thread_ts") or not args.get("recipient_user_id"):
            raise Refused("missing_recipient_user_id")
        message = Message(team, args["channel"], self.new_ts(), args["thread_ts"], streaming=True)
        self.messages.append(message)
        _append(message, args)
        return {"ts": message.ts, "channel": message.channel}

    def append_stream(self, args: Args, team: str) -> Answer:
        message = self._streaming(args, team)
        _append(message, args)
        return {"ts": message.ts}

    def stop_stream(self, args: Args, team: str) -> Answer:
        message = self._streaming(args, team)
        _append(message, args)
        message.blocks = args.get("blocks") or []
        _refuse(violations(message.blocks), "invalid_blocks")
        message.streaming = False
        return {"ts": message.ts, "message": {"ts": message.ts}}

    def _streaming(self, args: Args, team: str) -> Message:
        message = self.find(team, args["channel"], args["ts"])
        if not message.streaming:
            raise Refused("message_not_in_streaming_state")
        return message

    def set_status(self, args: Args, team: str) -> Answer:
        self.statuses.append({**args, "team": team})
        return {}

    def set_prompts(self, args: Args, team: str) -> Answer:
        if len(args["prompts"]) > 4:
            raise Refused("too_many_prompts")
        self.prompts.append({**args, "team": team})
        return {}

    def upload_url(self, args: Args, team: str) -> Answer:
        file_id = f"F{next(self._numbers):06d}"
        self.files[file_id] = {**args, "team": team, "shared": None}
        return {"file_id": file_id, "upload_url": f"{self.address}/upload/{file_id}"}

    def complete_upload(self, args: Args, team: str) -> Answer:
        done = json.loads(args["files"])
        for each in done:
            file = self.files[each["id"]]
            if len(file["data"]) != int(file["length"]):
                raise Refused("file_upload_incomplete")
            file |= {
                "title": each["title"],
                "shared": (team, args["channel_id"], args.get("thread_ts")),
            }
        return {"files": done}

    def view(self, args: Args, team: str) -> Answer:
        view = args["view"]
        view = json.loads(view) if isinstance(view, str) else view
        _refuse(view_violations(view), "invalid_arguments")
        self.views.append({"team": team, "user": args.get("user_id"), **view})
        return {"view": {"id": f"V{len(self.views)}"}}


def _append(message: Message, args: Args) -> None:
    for chunk in args.get("chunks") or []:
        match chunk["type"]:
            case "markdown_text":
                message.text += chunk["text"]
            case "plan_update":
                message.plan = chunk["title"]
            case "task_update":
                _refuse([] if len(chunk["title"]) <= 256 else ["title"], "invalid_chunks")
                message.steps.setdefault(chunk["id"], {}).update(chunk)
            case other:
                raise Refused(f"invalid_chunks {other}")
    _refuse([] if len(message.text) <= 12_000 else [str(len(message.text))], "msg_too_long")


def _check_message(args: Args) -> None:
    blocks = args.get("blocks") or []
    _refuse(violations(blocks), "invalid_blocks")
    if not (args.get("text") or args.get("markdown_text") or blocks):
        raise Refused("no_text")
    if args.get("markdown_text") and blocks:
        raise Refused("markdown_text_conflict")
    most = 12_000 if args.get("markdown_text") else 4_000
    text = args.get("markdown_text") or args.get("text", "")
    _refuse([] if len(text) <= most else [f"{len(text)} characters"], "msg_too_long")


def _refuse(found: list[str], word: str) -> None:
    if found:
        raise Refused(f"{word}: {'; '.join(found)}")


_METHODS: Mapping[str, Callable[[SlackTeams, Args, str], Answer]] = {
    "auth.test": SlackTeams.auth_test,
    "chat.postMessage": SlackTeams.post,
    "chat.postEphemeral": SlackTeams.post_ephemeral,
    "chat.update": SlackTeams.update,
    "chat.startStream": SlackTeams.start_stream,
    "chat.appendStream": SlackTeams.append_stream,
    "chat.stopStream": SlackTeams.stop_stream,
    "assistant.threads.setStatus": SlackTeams.set_status,
    "assistant.threads.setSuggestedPrompts": SlackTeams.set_prompts,
    "files.getUploadURLExternal": SlackTeams.upload_url,
    "files.completeUploadExternal": SlackTeams.complete_upload,
    "views.publish": SlackTeams.view,
    "views.open": SlackTeams.view,
}
