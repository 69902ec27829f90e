"""A viewer in a few lines: prints what the idol does. Needs `websockets` and this package's codec.

python -m stage.server.client_example ws://127.0.0.1:8770/ws TOKEN [SECONDS]
"""

import asyncio
import contextlib
import sys

import numpy as np
from websockets.asyncio.client import connect

from stage.wire.codec import decode_frame
from stage.wire.messages import Ack, AvatarTable, SongInfo, decode_server_message, encode_message

__all__ = ["watch"]


async def watch(address: str, token: str, seconds: float) -> int:
    """Follow a show for a while; returns how many frames came."""
    weights: dict[int, int] = {}
    names: dict[int, list[str]] = {}
    frames = 0
    # A program shows its token in a header; only browsers use cookies.
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as line:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for data in line:
                    if isinstance(data, str):
                        message = decode_server_message(data)
                        if isinstance(message, AvatarTable):
                            names[message.number] = message.expressions
                            weights[message.number] = len(message.expressions)
                        elif isinstance(message, SongInfo):
                            print(f"{message.title}: {message.duration:.0f} s, {message.bpm:.0f} bpm")
                        continue
                    frame = decode_frame(data, weights)
                    frames += 1
                    # Without acknowledgements the server stops after six frames.
                    await line.send(encode_message(Ack(sequence=frame.sequence)))
                    if frames % 60 == 1:
                        who = frame.performers[0]
                        strongest = names[who.avatar][int(np.argmax(who.weights))] if len(who.weights) else "no face"
                        x, y, z = (float(v) for v in who.hips)
                        print(f"{frame.media_time:7.2f} s  hips {x:+.2f} {y:+.2f} {z:+.2f} m  {strongest}")
    return frames


if __name__ == "__main__":
    asyncio.run(watch(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 10.0))
