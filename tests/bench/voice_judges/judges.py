"""Asks the judges' process, and keeps every answer under the hash of what was asked about, so that a rerun is quick."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["Absent", "Judges"]

ROOT = Path(__file__).resolve().parents[3]


class Absent(Exception):
    """A judge that is not installed where it was looked for, or that failed; the message says which and how."""


class Judges:
    """One process of the judges' own Python, started at the first question that no cache answers."""

    def __init__(self, python: Path, cache: Path) -> None:
        self._python = python
        self._cache = cache
        self._process: subprocess.Popen[str] | None = None
        self._hashes: dict[Path, str] = {}
        self._away: dict[str, str] = {}

    def content(self, path: Path) -> str:
        """Hash of a file's bytes."""
        if path not in self._hashes:
            self._hashes[path] = hashlib.sha256(path.read_bytes()).hexdigest()[:24]
        return self._hashes[path]

    def ask(self, do: str, **given: Any) -> Any:
        """One question to the process, never kept."""
        if self._process is None:
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
            command = [str(self._python), "-m", "tests.bench.voice_judges.helper"]
            try:
                self._process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    text=True,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                raise Absent(f"{self._python} cannot be started: {error.strerror}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **given}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            raise Absent(f"the judges' process ({self._python}) ended; does it have numpy and soundfile?")
        answer = json.loads(line)
        if "error" in answer:
            raise Absent(f"{do}: {answer['error']}")
        return answer["is"]

    def judge(self, do: str, path: Path) -> Any:
        """What judge `do` says of a 16 kHz file, from the cache where it was asked before.

        Raises:
            Absent: there is no such judge here.
        """
        kept = self._cache / "judged" / do / f"{self.content(path)}.json"
        if kept.exists():
            return json.loads(kept.read_text(encoding="utf-8"))
        if do in self._away:
            raise Absent(self._away[do])
        try:
            said = self.ask(do, path=str(path))
        except Absent as error:
            # Once away, always away: it is not asked for every clip again.
            self._away[do] = str(error)
            raise
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(said), encoding="utf-8")
        part.replace(kept)
        return said

    def close(self) -> None:
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process.wait()
            self._process = None
