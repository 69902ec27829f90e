/**
 * The live stage: frames as they come, the song as it is heard, one picture per call of `picture`.
 *
 * What is drawn is the moment that is *heard* now: the show's clock leads, and where this page makes the sound, its
 * offset from the show is followed slowly. Knows no socket and no DOM; `main.ts` brings both.
 */
import { type Frame, NO_SONG } from "../wire/frame";
import { Playback } from "./playback";
import type { SongInfo } from "./song";
import type { SongSound } from "./sound";
import type { StageView } from "./view";

/** Seconds until half of the way between the show's clock and the heard sound is taken back. */
const SLEW_HALF_LIFE = 0.25;
/** Further apart than this, sound and show are not following each other (a seek under way): keep to the show. */
const SLEW_LIMIT = 0.3;
/** Without frames for longer than this the song stops too. */
const BRIDGE_SECONDS = 3;
/** A pause longer than this is no pace of pictures: the page slept. */
const LONGEST_GAP = 0.12;
const GAP_HALF_LIFE = 0.5;
const MOUTH = ["aa", "ih", "ou", "ee", "oh", "jawOpen"];

/** Nothing to be written: another server runs, whose first song is not there yet. */
const NO_WORDS: SongInfo = { number: NO_SONG, title: "", artist: "", lines: [] };

export interface AvatarNotice {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly expressions: readonly string[];
}

export class LiveStage {
  readonly playback = new Playback();
  /** One line for the page when something fails, "" when it is mended. */
  onProblem: (line: string) => void = () => undefined;
  /** What was drawn last. */
  drawn: Frame | undefined;
  /** Seconds that the picture is moved from the show's clock to meet the sound. */
  offset = 0;
  readonly #view: StageView;
  readonly #sound: SongSound | null;
  readonly #mouths = new Map<number, readonly number[]>();
  readonly #known = new Map<number, string>();
  #song = -1;
  /** Known already, and written on the stage with its first picture: the one before is still seen. */
  #coming: SongInfo | null = null;
  #written = false;
  /** Address of a sound that is still to be loaded. */
  #unheard: string | null = null;
  #heardSong = -1;
  #announced = false;
  #loading = 0;
  #last = Number.NaN;
  #playing: boolean | undefined;
  #anchorMedia = 0;
  #anchorShow = Number.NEGATIVE_INFINITY;
  #anchorRuns = false;

  constructor(view: StageView, sound: SongSound | null) {
    this.#view = view;
    this.#sound = sound;
  }

  /** A table of an avatar came; a model that fails leaves the stage without it, and says so. */
  async avatar(notice: AvatarNotice): Promise<void> {
    const key = `${notice.url} ${notice.expressions.join(",")}`;
    if (this.#known.get(notice.number) === key) return;
    this.#known.set(notice.number, key);
    this.#mouths.set(
      notice.number,
      MOUTH.map((name) => notice.expressions.indexOf(name)).filter((column) => column >= 0),
    );
    this.#announced = true;
    this.#loading += 1;
    try {
      await this.#view.loadAvatar(notice.number, notice.url, notice.expressions);
      this.onProblem("");
    } catch (error) {
      this.#known.delete(notice.number);
      const reason = error instanceof Error ? error.message : String(error);
      this.onProblem(`The avatar “${notice.title || notice.url}” did not load: ${reason}.`);
    } finally {
      this.#loading -= 1;
    }
  }

  /** Everyone who was announced stands there, or never will. */
  get peopled(): boolean {
    return this.#announced && this.#loading === 0;
  }

  /** Number of the song that is here with all that is seen and heard of it; -1 for none. */
  get loaded(): number {
    return this.peopled ? this.#heardSong : -1;
  }

  song(info: SongInfo, url: string): void {
    this.#song = info.number;
    this.#coming = info;
    this.#heardSong = -1;
    this.#unheard = url;
    if (this.drawn) this.#loadSound();
  }

  /** After the first picture: decoding a song takes a processor for a second. */
  #loadSound(): void {
    const url = this.#unheard;
    if (url === null) return;
    this.#unheard = null;
    const song = this.#song;
    const here = (): void => {
      if (this.#song === song) this.#heardSong = song;
    };
    if (this.#sound && url) {
      void this.#sound.load(url).then(() => {
        if (this.#sound?.fault) this.onProblem(`${this.#sound.fault}.`);
        here();
      });
    } else here();
  }

  frame(frame: Frame): void {
    this.playback.push(frame);
  }

  /** Mean time between pictures, seconds. */
  #gap = 1 / 60;

  /** The line is up again: perhaps another server with another clock, on which old times mean nothing. */
  forget(): void {
    this.playback.clear();
    this.offset = 0;
    this.#anchorShow = Number.NEGATIVE_INFINITY;
    this.#last = Number.NaN;
  }

  /** In place of a picture where nobody sees the page: the sound follows the show all the same. */
  unseen(now: number): void {
    const dt = Number.isNaN(this.#last) ? 0 : Math.max(0, now - this.#last);
    this.#last = now;
    this.#followSound(now, dt);
  }

  /** Draw the moment of `now` (show time, seconds). False before the first frame. */
  picture(now: number): boolean {
    const dt = Number.isNaN(this.#last) ? 0 : Math.max(0, now - this.#last);
    this.#last = now;
    this.#followSound(now, dt);
    // A picture stands until the next one: what it shows is right in the middle of that time, not at its start.
    if (dt > 0 && dt < LONGEST_GAP) this.#gap += (dt - this.#gap) * (1 - 0.5 ** (dt / GAP_HALF_LIFE));
    const frame = this.playback.sample(now + this.offset + this.#gap / 2);
    if (!frame) return false;
    if (this.#coming && frame.song === this.#coming.number) {
      this.#view.setSong(this.#coming);
      this.#coming = null;
      this.#written = true;
    } else if (this.#written && frame.song === NO_SONG) {
      this.#view.setSong(NO_WORDS);
      this.#written = false;
    }
    this.drawn = frame;
    this.#view.setFrame(frame);
    // By show time: hair and colours go on while the song is held, and a seek, which the body bridges, is no jump.
    this.#view.advanceTo(frame.showTime);
    this.#view.draw();
    this.#loadSound();
    return true;
  }

  /** The show says whether the song runs; the sound must not stop only because frames are late. */
  transport(playing: boolean): void {
    this.#playing = playing;
  }

  #followSound(now: number, dt: number): void {
    const sound = this.#sound;
    const newest = this.playback.newest;
    if (!sound) return;
    if (!newest) {
      if (this.#anchorShow === Number.NEGATIVE_INFINITY) sound.follow(0, false);
      return;
    }
    const ahead = newest.showTime >= now;
    if (ahead) {
      this.#anchorMedia = this.playback.mediaAt(now);
      this.#anchorShow = now;
      this.#anchorRuns = this.#anchorMedia - this.playback.mediaAt(now - 0.05) > 0.02;
    }
    // Frames that are late are bridged by the clock, for a while.
    const gap = now - this.#anchorShow;
    const media = this.#anchorMedia + gap;
    const runs = (this.#playing ?? this.#anchorRuns) && gap < BRIDGE_SECONDS && newest.song === this.#song;
    sound.follow(media, runs);
    const apart = sound.heard() - media;
    const goal = Math.abs(apart) < SLEW_LIMIT ? apart : 0;
    this.offset += (goal - this.offset) * (1 - 0.5 ** (dt / SLEW_HALF_LIFE));
  }

  /** Media time heard now; NaN in silence. */
  heard(): number {
    return this.#sound?.heard() ?? Number.NaN;
  }

  get songNumber(): number {
    return this.#song;
  }

  /** How far the first performer's mouth was opened in the last picture, 0..1. */
  mouth(): number {
    const performer = this.drawn?.performers[0];
    if (!performer) return 0;
    let open = 0;
    for (const column of this.#mouths.get(performer.avatar) ?? []) open = Math.max(open, performer.weights[column] ?? 0);
    return open;
  }
}
