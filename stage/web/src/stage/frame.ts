/** The moment to draw, under the names that the picture calls its parts by: it is the frame of the wire. */
export { FRAME_PLAYING, PERFORMER_HIDDEN } from "../wire/frame";
export type { Camera as CameraFrame, Frame, LightBlock as LightFrame, PerformerFrame } from "../wire/frame";
