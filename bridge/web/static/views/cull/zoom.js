/** One zoom for all photos of a group: where each lies in its frame, so that the same face, or spot, is in the middle. */

const LARGE = 2560; // px, the longer edge of a picture that the daemon keeps
const NATIVE = 8192; // px: every pixel of nearly any photo
const EYES = 0.42; // of a face's height: its eyes are looked at

/** The persons of a group, the one in most of its photos first; of equal ones the larger. @param {Array} photos */
export function people(photos) {
  const found = new Map();
  for (const photo of photos) {
    for (const face of photo.boxes) {
      const { seen, size } = found.get(face.person) ?? { seen: 0, size: 0 };
      found.set(face.person, { seen: seen + 1, size: size + face.width });
    }
  }
  return [...found].sort(([, one], [, other]) => other.seen - one.seen || other.size - one.size).map(([person]) => person);
}

/** The face of a person in a photo. */
export const faceOf = (photo, person) => photo.boxes.find((face) => face.person === person);

/** Where a photo is looked at, shares of width and height: its face of that person, else the common spot. */
export function spotOf(photo, { person, spot }) {
  const face = person === null ? null : faceOf(photo, person);
  return face ? { x: face.left + face.width / 2, y: face.top + face.height * EYES } : spot;
}

/** Where to look first in a group: where its best photo is sharpest. */
export function firstSpot(photos) {
  const [x, y] = photos.find((photo) => photo.sharpest)?.sharpest ?? [0.5, 0.5];
  return { x, y };
}

const longest = (photo) => Math.max(photo.width, photo.height);

/** The edge of the picture that has every pixel of a photo, or as many as there may be. */
export const zoomEdge = (photo) => (longest(photo) <= LARGE ? LARGE : NATIVE);

/** Pixels of the screen for each native pixel, where the largest picture is shown pixel for pixel. */
const nativeScale = (photo) => Math.min(1, NATIVE / longest(photo));

/**
 * Where a photo lies in its frame, CSS px.
 * @param {{width: number, height: number}} frame
 * @param {{width: number, height: number}} photo native pixels
 * @param {null|{spot: object, person: number|null, times: number, pan: {x: number, y: number}}} zoom null: the whole photo
 */
export function place(frame, photo, zoom) {
  if (!zoom) {
    const scale = Math.min(frame.width / photo.width, frame.height / photo.height);
    return box(frame, photo, scale, { x: 0.5, y: 0.5 }, { x: 0, y: 0 });
  }
  return box(frame, photo, scaleOf(photo, zoom), spotOf(photo, zoom), zoom.pan);
}

/** CSS px for each native pixel. */
export const scaleOf = (photo, zoom) => (nativeScale(photo) * zoom.times) / devicePixelRatio;

function box(frame, photo, scale, spot, pan) {
  const width = photo.width * scale;
  const height = photo.height * scale;
  return { left: frame.width / 2 - spot.x * width + pan.x, top: frame.height / 2 - spot.y * height + pan.y, width, height };
}

/** Which spot of a photo lies under a point of its frame, shares; and whose face that is, or null. */
export function under(frame, photo, zoom, point) {
  const { left, top, width, height } = place(frame, photo, zoom);
  const spot = { x: clamp((point.x - left) / width), y: clamp((point.y - top) / height) };
  const face = photo.boxes.find(
    ({ left, top, width, height }) => spot.x >= left && spot.x <= left + width && spot.y >= top && spot.y <= top + height,
  );
  return { spot, person: face ? face.person : null };
}

const clamp = (share) => Math.min(1, Math.max(0, share));
