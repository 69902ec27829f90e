/** The moment to draw: the record of stage/wire/frame.py in camelCase. The page reads it and never changes it. */

export interface CameraFrame {
  position: ArrayLike<number>;
  target: ArrayLike<number>;
  fov: number;
  roll: number;
  focus: number;
}

export interface LightFrame {
  look: number;
  palette: number;
  intensity: number;
  strobe: number;
  beatPhase: number;
  barPhase: number;
  energy: number;
  section: number;
  lyricLine: number;
  lyricProgress: number;
}

export interface PerformerFrame {
  id: number;
  flags: number;
  avatar: number;
  root: ArrayLike<number>;
  hips: ArrayLike<number>;
  rotations: ArrayLike<number>;
  gaze: ArrayLike<number>;
  weights: ArrayLike<number>;
}

export interface Frame {
  sequence: number;
  showTime: number;
  mediaTime: number;
  song: number;
  flags: number;
  camera: CameraFrame;
  light: LightFrame;
  performers: readonly PerformerFrame[];
}

export const PERFORMER_HIDDEN = 4;
