/**
 * Letters for charts: five columns of seven dots for each printable ASCII character, the lowest
 * bit on top; doubled with rounded corners, so that they read well at twice the size.
 *
 * @module
 */

const FIRST = 0x20;
const COLUMNS = 5;
const ROWS = 8;
const GLYPHS = Uint8Array.fromHex(
  "000000000000005f00000007000700147f147f14242a7f2a12231308646236495620500008070300" +
    "001c2241000041221c002a1c7f1c2a08083e080800807030000808080808000060600020100804023e5149453e" +
    "00427f4000724949494621414d4d331814127f1027454545393c4a49493141211109073649494936464949291e" +
    "00001400000040340000000814224114141414140041221408020159090" +
    "63e415d594e7c1211127c7f494949363e414141227f4141413e7f494949417f090909013e414151737f0808087f" +
    "00417f41002040413f017f081422417f404040407f021c027f7f0408107f3e4141413e7f090909063e4151215e" +
    "7f09192946264949493203017f01033f4040403f1f2040201f3f4038403f631408146303047804036159494d43" +
    "007f414141020408102000414141" +
    "7f04020102044040404040000307080020545478407f284444383844444428384444287f385454541800087e0902" +
    "18a4a49c787f0804047800447d40002040403d007f1028440000417f40007c047804787c08040478384444" +
    "4438fc1824241818242418fc7c08040408485454542404043f44243c4040207c1c2040201c3c4030403c44281028" +
    "444c9090907c4464544c44000836410000007700000041360800" + "0201020402",
);

/** The width of a character with the gap behind it, in pixels. */
export const CHARACTER_WIDTH = 12;
/** The height of a line of text without a gap, in pixels. */
export const TEXT_HEIGHT = 14;

/** The dots of a character, from its upper left corner; what can't be written is a question mark. */
export function dotsOf(character: string): [x: number, y: number][] {
  const code = character.charCodeAt(0);
  const index = code >= FIRST && code < 0x7f ? code - FIRST : "?".charCodeAt(0) - FIRST;
  const isSet = (x: number, y: number): boolean =>
    x >= 0 && x < COLUMNS && y >= 0 && y < ROWS &&
    ((GLYPHS[index * COLUMNS + x] ?? 0) >> y & 1) === 1;
  const dots: [number, number][] = [];
  for (let y = 0; y < ROWS; y++) {
    for (let x = 0; x < COLUMNS; x++) dots.push(...doubled(isSet, x, y));
  }
  return dots;
}

/** One dot as four, its corners cut or filled as its neighbours ask (the rule of Scale2x). */
function doubled(
  isSet: (x: number, y: number) => boolean,
  x: number,
  y: number,
): [number, number][] {
  const [up, left, right, down] = [
    isSet(x, y - 1),
    isSet(x - 1, y),
    isSet(x + 1, y),
    isSet(x, y + 1),
  ];
  const own = isSet(x, y);
  const hasCorners = up !== down && left !== right;
  const corners: [number, number, boolean][] = [
    [0, 0, hasCorners && left === up ? left : own],
    [1, 0, hasCorners && up === right ? right : own],
    [0, 1, hasCorners && left === down ? left : own],
    [1, 1, hasCorners && down === right ? right : own],
  ];
  return corners.filter(([, , set]) => set).map(([dx, dy]) => [2 * x + dx, 2 * y + dy]);
}
