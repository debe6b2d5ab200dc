"""A process that is asked to end hands back the turn that it is in."""

import signal
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
from langchain_core.messages import AIMessage, HumanMessage

from agent.savers.fence import reading_config
from agent.scripted import ScriptedModel
from agent.services import open_agent
from agent.turn import run_turn
from tests.integration.api.auth import ending_process
from tests.integration.api.auth.ending_process import OWNER, THREAD
from tests.support.homes import open_home


async def test_a_turn_that_a_shutdown_cut_off_is_resumed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", ending_process.__name__, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = f"http://127.0.0.1:{int(process.stdout.readline())}/talk"
        with httpx.stream("POST", address, content="Make a potion.", timeout=60) as answer:
            lines = answer.iter_lines()
            assert next(lines)  # it speaks
            process.send_signal(signal.SIGTERM)
            with pytest.raises(httpx.RemoteProtocolError):  # 300 sentences would take far longer
                list(lines)
    assert process.returncode in {0, -signal.SIGTERM}  # uvicorn ends as the signal says
    with open_home(tmp_path) as services:
        agent = open_agent(
            services, model=ScriptedModel(script=lambda _: AIMessage("Here it is.")), tools=()
        )
        turn = run_turn(agent, caller=OWNER, thread_id=THREAD, message=None, busy="reject")
        async with aclosing(turn) as parts:
            assert [part async for part in parts]
        snapshot = await agent.graph.aget_state(reading_config(OWNER.workspace, THREAD))
        agent.close()
    said = snapshot.values["messages"]
    assert [type(message) for message in said] == [HumanMessage, AIMessage]
    assert said[-1].text == "Here it is."
