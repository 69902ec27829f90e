"""The live loop: microphone, front, voice, loudspeaker, block by block. `clock` and `keeper` are shells."""
