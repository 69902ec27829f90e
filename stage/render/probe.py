"""Try the browser for real: what draws, does it encode (a shell: starts a browser). For `nichang doctor`."""

import time
from pathlib import Path

import msgspec

from stage.render.browser import start_browser
from stage.render.errors import BrowserError
from stage.render.link import Closed, PageLink

__all__ = ["Probe", "probe_browser"]

_SECONDS = 40.0
# A page of its own, so that the doctor can tell a missing browser from missing pages.
_PAGE = b"""<!doctype html><title>probe</title><script type="module">
const address = new URL("ws", location.href); address.protocol = "ws:";
const socket = new WebSocket(address);
socket.onopen = async () => {
  const found = { renderer: "", webgl: false, h264: "", error: "" };
  try {
    const gl = document.createElement("canvas").getContext("webgl2");
    if (gl) {
      const about = gl.getExtension("WEBGL_debug_renderer_info");
      found.renderer = String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
      gl.clearColor(1, 0, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT);
      const pixel = new Uint8Array(4); gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      found.webgl = pixel[0] === 255;
    }
    if (typeof VideoEncoder !== "undefined") {
      let bytes = 0;
      const encoder = new VideoEncoder({ output: (c) => { bytes += c.byteLength; }, error: (e) => { found.error = e.message; } });
      encoder.configure({ codec: "avc1.640028", width: 320, height: 180, framerate: 30, bitrate: 1e6,
        hardwareAcceleration: "prefer-software", avc: { format: "annexb" } });
      const frame = new VideoFrame(new Uint8Array(320 * 180 * 4), { format: "RGBX", codedWidth: 320, codedHeight: 180, timestamp: 0 });
      encoder.encode(frame, { keyFrame: true }); frame.close();
      await encoder.flush();
      found.h264 = bytes > 0 ? "avc1.640028" : "";
    }
  } catch (error) { found.error = String(error); }
  socket.send(JSON.stringify(found));
};
</script>"""  # noqa: E501


class Probe(msgspec.Struct, frozen=True):
    """renderer: what draws. webgl: a picture was drawn and read back. h264: codec that encoded one, or empty."""

    renderer: str
    webgl: bool
    h264: str
    error: str
    seconds: float = 0.0

    @property
    def software(self) -> bool:
        """True where no GPU draws."""
        return any(name in self.renderer.lower() for name in ("llvmpipe", "swiftshader", "softpipe"))


def probe_browser(browser: Path, *, software: str = "mesa") -> Probe:
    """Start `browser` and let it draw and encode one picture.

    Raises:
        BrowserError: it does not start, or says nothing.
    """
    began = time.monotonic()
    with (
        PageLink(None, {"probe.html": _PAGE}) as link,
        start_browser(link.url("probe.html"), browser=browser, software=software) as process,
    ):
        while time.monotonic() - began < _SECONDS:
            message = link.receive(0.5)
            if isinstance(message, str):
                probe = msgspec.json.decode(message, type=Probe)
                return msgspec.structs.replace(probe, seconds=round(time.monotonic() - began, 2))
            if isinstance(message, Closed) or not process.alive():
                break
        raise BrowserError(f"{browser} starts but shows no page. {process.complaint()}".strip())
