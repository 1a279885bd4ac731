/**
 * Pairs of texts of one length that the 32-bit hashes FNV-1 and FNV-1a map to the same value, whatever precedes and
 * follows them. Only the last byte of the hash of the preceding text decides which texts collide. This file has one
 * pair for each value of that byte.
 */

const LENGTH = 5;

/** For each byte from 0 to 255, the pair that collides if the state of FNV-1a ends with this byte. */
const TEXTS: string = [
  '8hnjfjk90p0rd6cbs2lr7jkfljccxxeqf5zfaf7k8vl2s029e3u3tssnvp51e8lx9pqurdol5du1ye6f1ilcpdtr1r5jz7x4dz5i',
  'z7h3p3wg6a6fi5z7hc3i0r1o9caey5p1mdyhod8nkl9mar2srul4rlmun6uq93yqhgiyzi1c7cf42zx0tpe0zwbg4mlzw5kw3x1x',
  'gic5efma7tkpcrc95zncqazfs9g1lldmf2zeij2kvlp8o0z2012jahhx09ltx3b7u1km2d8tze1ah4mjy9bng6x8f5u71nxfnxc2',
  '4nbm0bwpnn7fz4z6hz0macyvboswh8vyp6qd26913pt1vaufme80gj71j3qy5gc0rlgt9cnv57lox8kflak8pmue4cy9gy3w5uoi',
  '1ij1odttcmbqy2ucew6bgxeng1w18vqjka90x8kc6olnwh8ur5xs8k2jg3oohzpf3om3sawrde0onh6a7x4hy6n98ww2rh4l05e1',
  '4bco2cymba7v8x2hrfzyz7z2sbs7i35pwongmebzh8srnrq5ortga6psog6a5f5zgxoc8i7qutat9869x3b7u1km2d72ue0eufq0',
  '74mh1ae5h82odyzsw1c4gephng75qz6spteig24hbfs3tahq5eifh0rhhl4ay53ebycpvv74ruded09hp6ys4kse1ree0ggy8mvn',
  '64xe0dfxv1uzra200k6u6j9gfda3lzi2zqezmem8r3ty4wpx7vy9c2raefm2o63sq912xjoou715u39y6pbs6op7ixv5y3pqpuu2',
  '9k803zotvbg4bba978hrw02r4jgu9zxzxv8jrvhb6xs66dozgg8igjpof7tl4c0eaz9hiuz92g3bmi2sriszi1m5867w8hfqajp0',
  'xpctyfq1np56qo0u4m8wmgdi4cozwni0flsvxuf9l9c6wtefi7orwxb431t0x1tnrxo3mfb61onwmxb8y2atvjyxj3kkjli6o84r',
  'oinca5c1e0ake0iygac8q8458idwhx7fwz5ymv3d9suiintgn853nvycbziejplprpumzd3q702ycq8h62qo6v0m8qoeek9f7rmc',
  'iwz72l0vupf6ru7asv3uisjm4vv0rgdly4ra7mr065gy3h6cjeczbb7j6wdytleqrkvbu00srlvx59fm2hc1p5fa3a6pf25jo6vl',
  'jkgd7q1rbyp1r5j03bz51qi4c0eg8p0q33v1e15gema650p7h3dliew1qk7ucn8g6t7q2h462wplpxeb8hnjfjk90p0rd6cbs2lr',
  '7jkfljccxxeqf5zfaf7k8vl2s029e3u3tssnvp51e8lx9pqurdol5du1ye6f1ilcpdtr1r5jz7x4dz5iz7h3p3wg6a6fi5z7hc3i',
  '0r1o9caey5p1mdyhod8nkl9mar2srul4rlmun6uq93yqhgiyzi1c7cf42zx0tpe0zwbg4mlzw5kw3x1xgic5efma7tkpcrc95znc',
  'qazfs9g1lldmf2zeij2kvlp8o0z2012jahhx09ltx3b7u1km2d8tze1ah4mjy9bng6x8f5u71nxfnxc24nbm0bwpnn7fz4z6hz0m',
  'acyvboswh8vyp6qd26913pt1vaufme80gj71j3qy5gc0rlgt9cnv57lox8kflak8pmue4cy9gy3w5uoi1ij1odttcmbqy2ucew6b',
  'gxeng1w18vqjka90x8kc6olnwh8ur5xs8k2jg3oohzpf3om3sawrde0onh6a7x4hy6n98ww2rh4l05e14bco2cymba7v8x2hrfzy',
  'z7z2sbs7i35pwongmebzh8srnrq5ortga6psog6a5f5zgxoc8i7qutat9869x3b7u1km2d72ue0eufq074mh1ae5h82odyzsw1c4',
  'gephng75qz6spteig24hbfs3tahq5eifh0rhhl4ay53ebycpvv74ruded09hp6ys4kse1ree0ggy8mvn64xe0dfxv1uzra200k6u',
  '6j9gfda3lzi2zqezmem8r3ty4wpx7vy9c2raefm2o63sq912xjoou715u39y6pbs6op7ixv5y3pqpuu29k803zotvbg4bba978hr',
  'w02r4jgu9zxzxv8jrvhb6xs66dozgg8igjpof7tl4c0eaz9hiuz92g3bmi2sriszi1m5867w8hfqajp0xpctyfq1np56qo0u4m8w',
  'mgdi4cozwni0flsvxuf9l9c6wtefi7orwxb431t0x1tnrxo3mfb61onwmxb8y2atvjyxj3kkjli6o84roinca5c1e0ake0iygac8',
  'q8458idwhx7fwz5ymv3d9suiintgn853nvycbziejplprpumzd3q702ycq8h62qo6v0m8qoeek9f7rmciwz72l0vupf6ru7asv3u',
  'isjm4vv0rgdly4ra7mr065gy3h6cjeczbb7j6wdytleqrkvbu00srlvx59fm2hc1p5fa3a6pf25jo6vljkgd7q1rbyp1r5j03bz5',
  '1qi4c0eg8p0q33v1e15gema650p7h3dliew1qk7ucn8g6t7q2h462wplpxeb',
].join('');

/** In the order of the last byte of the state of FNV-1a. */
export const FNV_PAIRS: readonly (readonly [string, string])[] = Array.from({ length: 256 }, (_, index) => {
  const at = index * 2 * LENGTH;
  return [TEXTS.slice(at, at + LENGTH), TEXTS.slice(at + LENGTH, at + 2 * LENGTH)] as const;
});

/** The pair that collides after `prefix` (ASCII) with FNV-1a. */
export function fnvPairBehind(prefix: string): readonly [string, string] {
  let state = 0x811c9dc5;
  for (const unit of prefix) state = Math.imul(state ^ unit.charCodeAt(0), 0x01000193);
  return FNV_PAIRS[state & 0xff] as readonly [string, string];
}
