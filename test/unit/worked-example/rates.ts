/**
 * Rates by hand. Codes by wave (rows) and member, from `members.ts`:
 *
 *       M01  M02  M03  M04  M05   M06   M07    M08   M09   M10
 *   a   1.1  1.1  1.1  1.1  1.1   1.1   1.1    1.1   1.1    –     opt-in: no response rate
 *   b   1.1  1.1  1.1  1.1  1.1   3.19  1.2    1.1   1.1    –
 *   c   1.1  1.1  1.2  1.1  2.111 1.1   2.111  3.30  1.1   1.1
 *   d   1.1  1.1  3.19 1.1  4.10  1.1    –     2.31  2.12  1.1
 */
export const OUTCOMES = {
  b: {
    // I: M01 M02 M03 M04 M05 M08 M09 = 7; P: M07; UO: M06. D = 7+1 = 8, U = 1, e = 8/(8+0) = 1, D+U = D+eU = 9
    counts: { I: 7, P: 1, R: 0, NC: 0, O: 0, UH: 0, UO: 1, NE: 0 },
    e: 1,
    rates: {
      RR1: 7 / 9,
      RR2: 8 / 9,
      RR3: 7 / 9,
      RR4: 8 / 9,
      RR5: 7 / 8,
      RR6: 1, // 8/8
      COOP1: 7 / 8,
      COOP2: 1,
      COOP3: 7 / 8,
      COOP4: 1,
      REF1: 0,
      REF2: 0,
      REF3: 0,
      CON1: 8 / 9, // (7+1+0+0)/9
      CON2: 8 / 9,
      CON3: 1, // 8/8
    },
  },
  c: {
    // I: M01 M02 M04 M06 M09 M10 = 6; P: M03; R: M05 M07 = 2; UO: M08. D = 6+1+2 = 9, U = 1, e = 1, D+U = 10
    counts: { I: 6, P: 1, R: 2, NC: 0, O: 0, UH: 0, UO: 1, NE: 0 },
    e: 1,
    rates: {
      RR1: 6 / 10,
      RR2: 7 / 10,
      RR3: 6 / 10,
      RR4: 7 / 10,
      RR5: 6 / 9,
      RR6: 7 / 9,
      COOP1: 6 / 9, // 6/(7+2+0)
      COOP2: 7 / 9,
      COOP3: 6 / 9,
      COOP4: 7 / 9,
      REF1: 2 / 10,
      REF2: 2 / 10,
      REF3: 2 / 9,
      CON1: 9 / 10, // (7+2+0)/10
      CON2: 9 / 10,
      CON3: 1, // 9/9
    },
  },
  d: {
    // I: M01 M02 M04 M06 M10 = 5; R: M09; O: M08; UO: M03; NE: M05. D = 5+1+1 = 7, U = 1, e = 7/(7+1) = 7/8,
    // D+U = 8, D+eU = 7 + 7/8 = 63/8
    counts: { I: 5, P: 0, R: 1, NC: 0, O: 1, UH: 0, UO: 1, NE: 1 },
    e: 7 / 8,
    rates: {
      RR1: 5 / 8,
      RR2: 5 / 8,
      RR3: 40 / 63, // 5 ÷ 63/8
      RR4: 40 / 63,
      RR5: 5 / 7,
      RR6: 5 / 7,
      COOP1: 5 / 7, // 5/(5+1+1)
      COOP2: 5 / 7,
      COOP3: 5 / 6, // 5/(5+1)
      COOP4: 5 / 6,
      REF1: 1 / 8,
      REF2: 8 / 63, // 1 ÷ 63/8
      REF3: 1 / 7,
      CON1: 7 / 8, // (5+1+1)/8
      CON2: 8 / 9, // 7 ÷ 63/8 = 56/63
      CON3: 1, // 7/7
    },
  },
};

/** numerator, denominator */
type Pair = [number, number];
export interface HandRetention {
  unconditional: Pair;
  conditional: Pair;
  balanced: Pair;
  reentry: Pair;
}

/** By entry cohort; the keys are the waves after the cohort's first. */
export const RETENTION: Record<string, Record<string, HandRetention>> = {
  // C = M01…M09, all answered a
  a: {
    b: {
      unconditional: [8, 9], // all but M06
      conditional: [8, 9], // all nine were issued b and answered a
      balanced: [8, 9],
      reentry: [0, 0], // nobody had missed a
    },
    c: {
      unconditional: [6, 9], // M01 M02 M03 M04 M06 M09; nobody known dead or ineligible yet
      conditional: [5, 8], // issued c and answered b: all but M06; of them M01 M02 M03 M04 M09
      balanced: [5, 9], // M01 M02 M03 M04 M09
      reentry: [1, 1], // M06 missed b, was issued c and answered
    },
    d: {
      unconditional: [4, 7], // E: 9 − M05 (ineligible) − M08 (dead); M07 withdrew and stays. M01 M02 M04 M06
      conditional: [4, 6], // issued d and answered c: M01 M02 M03 M04 M06 M09; of them M01 M02 M04 M06
      balanced: [3, 7], // M01 M02 M04
      reentry: [0, 0], // missed c: M05 (ineligible), M08 (dead), M07 (not issued)
    },
  },
  // C = M10
  c: { d: { unconditional: [1, 1], conditional: [1, 1], balanced: [1, 1], reentry: [0, 0] } },
};

/** Two of the host countries of cohort a: Serbia is M02 and M07, Armenia M03, M06 and M09. */
export const RETENTION_BY_COUNTRY: Record<string, Record<string, HandRetention>> = {
  SRB: {
    b: { unconditional: [2, 2], conditional: [2, 2], balanced: [2, 2], reentry: [0, 0] },
    c: { unconditional: [1, 2], conditional: [1, 2], balanced: [1, 2], reentry: [0, 0] },
    d: { unconditional: [1, 2], conditional: [1, 1], balanced: [1, 2], reentry: [0, 0] }, // M07 was not issued d
  },
  ARM: {
    b: { unconditional: [2, 3], conditional: [2, 3], balanced: [2, 3], reentry: [0, 0] },
    c: { unconditional: [3, 3], conditional: [2, 2], balanced: [2, 3], reentry: [1, 1] },
    d: { unconditional: [1, 3], conditional: [1, 3], balanced: [0, 3], reentry: [0, 0] }, // M06 alone answered d
  },
};
