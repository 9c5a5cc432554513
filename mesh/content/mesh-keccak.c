/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-keccak.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#else
#define HAVE_X86 0
#endif

/* One text of Keccak-f[1600] (FIPS 202 §3) for every width: V is the word, a plain 64-bit
 * one or a vector of four of them, and the operations are macros. All 25 words of the
 * state are named variables, so that the compiler keeps them in registers. */

#define N_WORDS 25
#define N_ROUNDS 24
#define STATE_BYTES 200

static const guint64 round_constants[N_ROUNDS] = {
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
  0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
  0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
  0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
  0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* clang-format off */

/* Five words of the result: rho and pi have already been done by the choice of @w. */
#define CHI_ROW(E, p, q, r, s, t, CHI) \
  E##p = CHI (b0, b1, b2); \
  E##q = CHI (b1, b2, b3); \
  E##r = CHI (b2, b3, b4); \
  E##s = CHI (b3, b4, b0); \
  E##t = CHI (b4, b0, b1)

#define ROUND(V, A, E, XOR, XOR3, CHI, ROL, CONSTANT) \
  do \
    { \
      V c0 = XOR3 (XOR3 (A##0, A##5, A##10), A##15, A##20); \
      V c1 = XOR3 (XOR3 (A##1, A##6, A##11), A##16, A##21); \
      V c2 = XOR3 (XOR3 (A##2, A##7, A##12), A##17, A##22); \
      V c3 = XOR3 (XOR3 (A##3, A##8, A##13), A##18, A##23); \
      V c4 = XOR3 (XOR3 (A##4, A##9, A##14), A##19, A##24); \
      V d0 = XOR (c4, ROL (c1, 1)); \
      V d1 = XOR (c0, ROL (c2, 1)); \
      V d2 = XOR (c1, ROL (c3, 1)); \
      V d3 = XOR (c2, ROL (c4, 1)); \
      V d4 = XOR (c3, ROL (c0, 1)); \
      V b0 = XOR (A##0, d0); \
      V b1 = ROL (XOR (A##6, d1), 44); \
      V b2 = ROL (XOR (A##12, d2), 43); \
      V b3 = ROL (XOR (A##18, d3), 21); \
      V b4 = ROL (XOR (A##24, d4), 14); \
      CHI_ROW (E, 0, 1, 2, 3, 4, CHI); \
      E##0 = XOR (E##0, CONSTANT); \
      b0 = ROL (XOR (A##3, d3), 28); \
      b1 = ROL (XOR (A##9, d4), 20); \
      b2 = ROL (XOR (A##10, d0), 3); \
      b3 = ROL (XOR (A##16, d1), 45); \
      b4 = ROL (XOR (A##22, d2), 61); \
      CHI_ROW (E, 5, 6, 7, 8, 9, CHI); \
      b0 = ROL (XOR (A##1, d1), 1); \
      b1 = ROL (XOR (A##7, d2), 6); \
      b2 = ROL (XOR (A##13, d3), 25); \
      b3 = ROL (XOR (A##19, d4), 8); \
      b4 = ROL (XOR (A##20, d0), 18); \
      CHI_ROW (E, 10, 11, 12, 13, 14, CHI); \
      b0 = ROL (XOR (A##4, d4), 27); \
      b1 = ROL (XOR (A##5, d0), 36); \
      b2 = ROL (XOR (A##11, d1), 10); \
      b3 = ROL (XOR (A##17, d2), 15); \
      b4 = ROL (XOR (A##23, d3), 56); \
      CHI_ROW (E, 15, 16, 17, 18, 19, CHI); \
      b0 = ROL (XOR (A##2, d2), 62); \
      b1 = ROL (XOR (A##8, d3), 55); \
      b2 = ROL (XOR (A##14, d4), 39); \
      b3 = ROL (XOR (A##15, d0), 41); \
      b4 = ROL (XOR (A##21, d1), 2); \
      CHI_ROW (E, 20, 21, 22, 23, 24, CHI); \
    } \
  while (0)

#define EACH_RATE_512(X) X (0) X (1) X (2) X (3) X (4) X (5) X (6) X (7) X (8)
#define EACH_RATE_256(X) X (9) X (10) X (11) X (12) X (13) X (14) X (15) X (16)
#define EACH_CAPACITY(X) X (17) X (18) X (19) X (20) X (21) X (22) X (23) X (24)
#define EACH(X) EACH_RATE_512 (X) EACH_RATE_256 (X) EACH_CAPACITY (X)

/* Absorbs @n_blocks blocks of @rate bytes of each message into the state. The words at
 * @input advance with them. Blocks of SHA3-512 have 9 words, those of SHA3-256 17. */
#define DEFINE_KERNEL(NAME, TARGET, V, LOAD, STORE, INPUT, XOR, XOR3, CHI, ROL, SPREAD) \
  TARGET static void \
  NAME (guint64 *state, const guint8 **input, gsize n_blocks, gsize rate) \
  { \
    V a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, \
        a19, a20, a21, a22, a23, a24; \
    V e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, \
        e19, e20, e21, e22, e23, e24; \
    EACH (LOAD) \
    for (; n_blocks > 0; n_blocks--) \
      { \
        EACH_RATE_512 (INPUT) \
        if (rate > 9 * 8) \
          { \
            EACH_RATE_256 (INPUT) \
          } \
        for (guint i = 0; i < N_ROUNDS; i += 2) \
          { \
            ROUND (V, a, e, XOR, XOR3, CHI, ROL, SPREAD (round_constants[i])); \
            ROUND (V, e, a, XOR, XOR3, CHI, ROL, SPREAD (round_constants[i + 1])); \
          } \
        ADVANCE_##V (input, rate); \
      } \
    EACH (STORE) \
  }

/* clang-format on */

static inline guint64
read_word (const guint8 *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT64_FROM_LE (word);
}

#define ADVANCE_guint64(input, rate) (input)[0] += (rate)
#define LOAD_1(i) a##i = state[i];
#define STORE_1(i) state[i] = a##i;
#define INPUT_1(i) a##i ^= read_word (input[0] + 8 * (i));
#define XOR_1(a, b) ((a) ^ (b))
#define XOR3_1(a, b, c) ((a) ^ (b) ^ (c))
#define CHI_1(a, b, c) ((a) ^ (~(b) & (c)))
#define ROL_1(a, n) ((a) << (n) | (a) >> (64 - (n)))
#define SPREAD_1(word) (word)

DEFINE_KERNEL (run_scalar,
               ,
               guint64,
               LOAD_1,
               STORE_1,
               INPUT_1,
               XOR_1,
               XOR3_1,
               CHI_1,
               ROL_1,
               SPREAD_1)

#if HAVE_X86
DEFINE_KERNEL (run_bmi,
               __attribute__ ((target ("bmi,bmi2"))),
               guint64,
               LOAD_1,
               STORE_1,
               INPUT_1,
               XOR_1,
               XOR3_1,
               CHI_1,
               ROL_1,
               SPREAD_1)

/* The state of four messages: word 0 of each, word 1 of each, and so on. */
#define ADVANCE___m256i(input, rate) \
  do \
    for (guint lane = 0; lane < MESH_KECCAK_LANES; lane++) \
      (input)[lane] += (rate); \
  while (0)
#define LOAD_4(i) a##i = _mm256_loadu_si256 ((const __m256i *) (state + 4 * (i)));
#define STORE_4(i) _mm256_storeu_si256 ((__m256i *) (state + 4 * (i)), a##i);
#define INPUT_4(i) \
  a##i = _mm256_xor_si256 (a##i, \
                           _mm256_set_epi64x ((gint64) read_word (input[3] + 8 * (i)), \
                                              (gint64) read_word (input[2] + 8 * (i)), \
                                              (gint64) read_word (input[1] + 8 * (i)), \
                                              (gint64) read_word (input[0] + 8 * (i))));
#define SPREAD_4(word) _mm256_set1_epi64x ((gint64) (word))
#define XOR3_4(a, b, c) _mm256_xor_si256 (_mm256_xor_si256 (a, b), c)
#define CHI_4(a, b, c) _mm256_xor_si256 (a, _mm256_andnot_si256 (b, c))
#define ROL_4(a, n) \
  _mm256_or_si256 (_mm256_slli_epi64 (a, n), _mm256_srli_epi64 (a, 64 - (n)))

DEFINE_KERNEL (run_avx2,
               __attribute__ ((target ("avx2"))),
               __m256i,
               LOAD_4,
               STORE_4,
               INPUT_4,
               _mm256_xor_si256,
               XOR3_4,
               CHI_4,
               ROL_4,
               SPREAD_4)

/* The truth tables of a ^ b ^ c and a ^ (~b & c). */
#define XOR3_4T(a, b, c) _mm256_ternarylogic_epi64 (a, b, c, 0x96)
#define CHI_4T(a, b, c) _mm256_ternarylogic_epi64 (a, b, c, 0xd2)

DEFINE_KERNEL (run_avx512,
               __attribute__ ((target ("avx512f,avx512vl"))),
               __m256i,
               LOAD_4,
               STORE_4,
               INPUT_4,
               _mm256_xor_si256,
               XOR3_4T,
               CHI_4T,
               _mm256_rol_epi64,
               SPREAD_4)
#endif

typedef void (*Kernel) (guint64 *state, const guint8 **input, gsize n_blocks, gsize rate);

gboolean
mesh_keccak_is_supported (MeshKeccakKernel kernel)
{
  switch (kernel)
    {
    case MESH_KECCAK_SCALAR:
      return TRUE;
#if HAVE_X86
    case MESH_KECCAK_BMI:
      return __builtin_cpu_supports ("bmi") && __builtin_cpu_supports ("bmi2");
    case MESH_KECCAK_AVX2:
      return __builtin_cpu_supports ("avx2") != 0;
    case MESH_KECCAK_AVX512:
      return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512vl");
#else
    case MESH_KECCAK_BMI:
    case MESH_KECCAK_AVX2:
    case MESH_KECCAK_AVX512:
#endif
    default:
      return FALSE;
    }
}

static Kernel
get_kernel (MeshKeccakKernel kernel, gsize *lanes)
{
  *lanes = kernel >= MESH_KECCAK_AVX2 ? MESH_KECCAK_LANES : 1;
  switch (kernel)
    {
#if HAVE_X86
    case MESH_KECCAK_BMI:
      return run_bmi;
    case MESH_KECCAK_AVX2:
      return run_avx2;
    case MESH_KECCAK_AVX512:
      return run_avx512;
#else
    case MESH_KECCAK_BMI:
    case MESH_KECCAK_AVX2:
    case MESH_KECCAK_AVX512:
#endif
    case MESH_KECCAK_SCALAR:
    default:
      *lanes = 1;
      return run_scalar;
    }
}

/* Absorbs the padded end of one message into its state and squeezes the digest. */
static void
finish (guint64 *state, const guint8 *rest, gsize n_rest, gsize digest_len, guint8 *out)
{
  gsize rate = STATE_BYTES - 2 * digest_len;
  guint8 block[STATE_BYTES] = { 0 };
  const guint8 *input = block;

  if (n_rest > 0)
    memcpy (block, rest, n_rest);
  block[n_rest] = 0x06; /* FIPS 202 §6.1 and §5.1: 01, then 1 0* 1 */
  block[rate - 1] |= 0x80;
  run_scalar (state, &input, 1, rate);
  for (gsize i = 0; i < digest_len / 8; i++)
    {
      guint64 word = GUINT64_TO_LE (state[i]);

      memcpy (out + 8 * i, &word, sizeof word);
    }
}

static void
sha3_one (Kernel kernel, gsize digest_len, const guint8 *data, gsize len, guint8 *out)
{
  gsize rate = STATE_BYTES - 2 * digest_len;
  guint64 state[N_WORDS] = { 0 };
  const guint8 *input = data;

  kernel (state, &input, len / rate, rate);
  finish (state, data + len / rate * rate, len % rate, digest_len, out);
}

/* A lane whose message has ended: its digest is taken, and it goes on with the bytes of
 * another lane, whose result nobody looks at. */
static void
finish_lane (const guint64 *states,
             gsize lane,
             gsize digest_len,
             const guint8 *data,
             gsize len,
             guint8 *out)
{
  gsize rate = STATE_BYTES - 2 * digest_len;
  guint64 state[N_WORDS];

  for (gsize i = 0; i < N_WORDS; i++)
    state[i] = states[MESH_KECCAK_LANES * i + lane];
  finish (state, data + len / rate * rate, len % rate, digest_len, out);
}

static void
sha3_lanes (Kernel kernel,
            gsize digest_len,
            gsize n,
            const guint8 *const *data,
            const gsize *len,
            guint8 *const *out)
{
  gsize rate = STATE_BYTES - 2 * digest_len;
  guint64 states[N_WORDS * MESH_KECCAK_LANES] = { 0 };
  gsize n_done = 0;
  gboolean is_active[MESH_KECCAK_LANES] = { FALSE };

  for (gsize lane = 0; lane < n; lane++)
    is_active[lane] = TRUE;
  for (;;)
    {
      const guint8 *input[MESH_KECCAK_LANES];
      gsize next = G_MAXSIZE;
      gsize longest = 0;

      for (gsize lane = 0; lane < n; lane++)
        if (is_active[lane])
          {
            next = MIN (next, len[lane] / rate);
            longest = lane;
          }
      if (next == G_MAXSIZE)
        return;
      for (gsize lane = 0; lane < MESH_KECCAK_LANES; lane++)
        input[lane] = data[lane < n && is_active[lane] ? lane : longest] + n_done * rate;
      kernel (states, input, next - n_done, rate);
      n_done = next;
      for (gsize lane = 0; lane < n; lane++)
        if (is_active[lane] && len[lane] / rate == n_done)
          {
            finish_lane (states, lane, digest_len, data[lane], len[lane], out[lane]);
            is_active[lane] = FALSE;
          }
    }
}

void
mesh_keccak_sha3_with (MeshKeccakKernel kernel,
                       gsize digest_len,
                       gsize n,
                       const guint8 *const *data,
                       const gsize *len,
                       guint8 *const *out)
{
  gsize lanes;
  Kernel run = get_kernel (kernel, &lanes);

  g_return_if_fail (digest_len == 32 || digest_len == 64);
  g_return_if_fail (n <= MESH_KECCAK_LANES);
  g_return_if_fail (mesh_keccak_is_supported (kernel));

  if (lanes > 1)
    {
      sha3_lanes (run, digest_len, n, data, len, out);
      return;
    }
  for (gsize i = 0; i < n; i++)
    sha3_one (run, digest_len, data[i], len[i], out[i]);
}

void
mesh_keccak_sha3 (gsize digest_len,
                  gsize n,
                  const guint8 *const *data,
                  const gsize *len,
                  guint8 *const *out)
{
  MeshKeccakKernel kernel = MESH_KECCAK_SCALAR;

  /* With AVX-512 three idle lanes still beat one scalar; with AVX2 they do not. */
  if (mesh_keccak_is_supported (MESH_KECCAK_AVX512))
    kernel = MESH_KECCAK_AVX512;
  else if (n > 1 && mesh_keccak_is_supported (MESH_KECCAK_AVX2))
    kernel = MESH_KECCAK_AVX2;
  else if (mesh_keccak_is_supported (MESH_KECCAK_BMI))
    kernel = MESH_KECCAK_BMI;
  mesh_keccak_sha3_with (kernel, digest_len, n, data, len, out);
}
