/** The moment to draw, as the wire hands it out; the page reads it and never changes it. */
export type { Camera as CameraFrame, Frame, LightBlock as LightFrame, PerformerFrame } from "../wire/frame";

/** Flag of a performer; the same number as in stage/wire/frame.py. */
export const PERFORMER_HIDDEN = 4;
