/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-noise.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

static const char *const yamux[] = { "/yamux/1.0.0", NULL };
static const char *const none[] = { NULL };

static MeshKeypair *
make_keypair (guint8 fill)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];

  memset (seed, fill, sizeof seed);
  return mesh_keypair_new_from_seed (seed);
}

static MeshPeerId *
make_id (guint8 fill)
{
  g_autoptr (MeshKeypair) keypair = make_keypair (fill);

  return mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (keypair));
}

/* The initiator is peer 1, the responder peer 2. */
static MeshNoise *
make (gboolean is_initiator, guint8 expected, const char *const *muxers)
{
  g_autoptr (MeshKeypair) keypair = make_keypair (is_initiator ? 1 : 2);
  g_autoptr (MeshPeerId) id = expected != 0 ? make_id (expected) : NULL;
  guint8 s[MESH_NOISE_KEY_BYTES], e[MESH_NOISE_KEY_BYTES];

  memset (s, is_initiator ? 3 : 4, sizeof s);
  memset (e, is_initiator ? 5 : 6, sizeof e);
  return mesh_noise_new (is_initiator, keypair, id, s, e, muxers);
}

/* Passes output on in pieces of at most @piece bytes, changing byte @flip of all that is
 * passed, if there is one. */
static gboolean
pass (MeshNoise *from, MeshNoise *to, gsize piece, gsize *flip, GError **error)
{
  g_autoptr (GBytes) bytes = mesh_noise_take_output (from);
  g_autofree guint8 *copy = NULL;
  gsize len, done = 0;

  if (bytes == NULL)
    return FALSE;
  len = g_bytes_get_size (bytes);
  copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);
  if (*flip < len)
    {
      copy[*flip] ^= 0x40;
      *flip = G_MAXSIZE;
    }
  else if (*flip != G_MAXSIZE)
    *flip -= len;
  while (done < len)
    {
      gsize n = MIN (piece, len - done), consumed;

      if (!mesh_noise_handshake (to, copy + done, n, &consumed, error))
        return FALSE;
      g_assert_cmpuint (consumed, ==, n);
      done += n;
    }
  return TRUE;
}

static gboolean
shake (MeshNoise *a, MeshNoise *b, gsize piece, gsize flip, GError **error)
{
  gsize consumed;

  if (!mesh_noise_handshake (a, NULL, 0, &consumed, error))
    return FALSE;
  while (pass (a, b, piece, &flip, error) && pass (b, a, piece, &flip, error))
    ;
  return mesh_noise_is_done (a) && mesh_noise_is_done (b);
}

static void
test_handshake (void)
{
  for (gsize piece = 1; piece < 400; piece += 13)
    {
      g_autoptr (MeshNoise) a = make (TRUE, 2, yamux), b = make (FALSE, 0, yamux);
      g_autoptr (MeshPeerId) first = make_id (1), second = make_id (2);
      g_autoptr (GError) error = NULL;

      g_assert_true (shake (a, b, piece, G_MAXSIZE, &error));
      g_assert_no_error (error);
      g_assert_true (mesh_peer_id_equal (mesh_noise_get_peer_id (a), second));
      g_assert_true (mesh_peer_id_equal (mesh_noise_get_peer_id (b), first));
      g_assert_cmpstr (mesh_noise_get_muxer (a), ==, "/yamux/1.0.0");
      g_assert_cmpstr (mesh_noise_get_muxer (b), ==, "/yamux/1.0.0");
    }
}

static void
test_muxers (void)
{
  static const char *const both[] = { "/mplex/6.7.0", "/yamux/1.0.0", NULL };
  static const char *const reversed[] = { "/yamux/1.0.0", "/mplex/6.7.0", NULL };
  static const char *const other[] = { "/mplex/6.7.0", NULL };
  static const struct
  {
    const char *const *a;
    const char *const *b;
    const char *agreed;
    gboolean ok;
  } cases[] = {
    { reversed, both, "/yamux/1.0.0", TRUE }, /* the initiator's order decides */
    { both, reversed, "/mplex/6.7.0", TRUE },
    { yamux, none, NULL, TRUE }, /* multistream-select decides */
    { none, yamux, NULL, TRUE },
    { yamux, other, NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshNoise) a = make (TRUE, 0, cases[i].a),
                            b = make (FALSE, 0, cases[i].b);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (shake (a, b, 1000, G_MAXSIZE, &error), ==, cases[i].ok);
      g_assert_cmpstr (mesh_noise_get_muxer (a), ==, cases[i].agreed);
      g_assert_cmpstr (mesh_noise_get_muxer (b), ==, cases[i].agreed);
      if (!cases[i].ok)
        g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
    }
}

static void
test_wrong_peer (void)
{
  g_autoptr (MeshNoise) a = make (TRUE, 3, yamux), b = make (FALSE, 0, yamux);
  g_autoptr (GError) error = NULL;

  g_assert_false (shake (a, b, 1000, G_MAXSIZE, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_AUTH);
  g_assert_false (mesh_noise_is_done (a));
}

/* Whichever bit is changed on the way, nobody ends up with a connection to the other. */
static void
test_tampered (void)
{
  guint n_refused = 0;

  for (gsize flip = 0; flip < 700; flip++)
    {
      g_autoptr (MeshNoise) a = make (TRUE, 0, yamux), b = make (FALSE, 0, yamux);
      g_autoptr (GError) error = NULL;
      gboolean ok = shake (a, b, 10000, flip, &error);

      n_refused += !ok;
      /* messages are 34, then 2 + 32 + 48 + payload + 16, then 2 + 48 + payload + 16 */
      if (flip < 34 + 200)
        g_assert_false (ok);
    }
  g_assert_cmpuint (n_refused, >, 400);
}

static void
test_garbage (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 5);
  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (MeshNoise) noise = make (i % 2 == 0, 0, yamux);
      g_autoptr (GError) error = NULL;
      guint8 bytes[200];
      gsize len = 1 + mesh_rng_below (&rng, sizeof bytes), consumed;

      mesh_rng_fill (&rng, bytes, len);
      if (i % 3 == 0)
        bytes[0] = 0;
      if (mesh_noise_handshake (noise, bytes, len, &consumed, &error))
        g_assert_false (mesh_noise_is_done (noise));
      else
        g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
}

static void
test_too_long (void)
{
  g_autoptr (MeshNoise) noise = make (FALSE, 0, yamux);
  g_autoptr (GError) error = NULL;
  gsize consumed;

  g_assert_false (
      mesh_noise_handshake (noise, (const guint8 *) "\xff\xff", 3, &consumed, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

/* Any cut of any data, any buffers: what comes out is what went in. */
static void
test_frames (void)
{
  g_autoptr (MeshNoise) a = make (TRUE, 0, yamux), b = make (FALSE, 0, yamux);
  g_autofree guint8 *plain = g_malloc (300000), *sealed = g_malloc (310000);
  g_autofree guint8 *opened = g_malloc (300000);
  g_autoptr (GError) error = NULL;
  MeshRng rng;

  g_assert_true (shake (a, b, 1000, G_MAXSIZE, &error));
  mesh_rng_init (&rng, 6);
  mesh_rng_fill (&rng, plain, 300000);
  for (guint i = 0; i < 100; i++)
    {
      gsize len = mesh_rng_below (&rng, 300000), taken = 0, n_sealed = 0;
      gsize n_opened = 0, start = 0, n, m;

      while (taken < len)
        {
          taken += mesh_noise_encrypt (
              a, plain + taken, len - taken, sealed + n_sealed,
              MIN (19 + mesh_rng_below (&rng, 200000), 310000 - n_sealed), &n);
          n_sealed += n;
          if (n_sealed > 200000)
            len = taken;
        }
      while (n_opened < len)
        {
          gsize room = MESH_NOISE_MAX_PLAIN + mesh_rng_below (&rng, 100000);

          g_assert_true (mesh_noise_decrypt (b, sealed + start, n_sealed - start, &n,
                                             opened + n_opened,
                                             MIN (room, 300000 - n_opened), &m, &error));
          start += n;
          n_opened += m;
          g_assert_cmpuint (n, >, 0);
        }
      g_assert_cmpuint (start, ==, n_sealed);
      g_assert_cmpmem (opened, n_opened, plain, len);
    }
}

static void
test_damaged_frame (void)
{
  g_autoptr (MeshNoise) a = make (TRUE, 0, yamux), b = make (FALSE, 0, yamux);
  g_autoptr (GError) error = NULL;
  guint8 sealed[64], opened[64];
  gsize n, m, written;

  g_assert_true (shake (a, b, 1000, G_MAXSIZE, &error));
  g_assert_cmpuint (
      mesh_noise_encrypt (a, (const guint8 *) "hello", 5, sealed, 64, &written), ==, 5);
  g_assert_true (mesh_noise_decrypt (b, sealed, written - 1, &n, opened, 64, &m, &error));
  g_assert_cmpuint (n, ==, 0);
  sealed[10] ^= 1;
  g_assert_false (mesh_noise_decrypt (b, sealed, written, &n, opened, 64, &m, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
  g_clear_error (&error);
  /* shorter than a tag */
  g_assert_false (
      mesh_noise_decrypt (b, (const guint8 *) "\0\3abc", 5, &n, opened, 64, &m, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/noise/handshake", test_handshake);
  g_test_add_func ("/wire/noise/muxers", test_muxers);
  g_test_add_func ("/wire/noise/wrong-peer", test_wrong_peer);
  g_test_add_func ("/wire/noise/tampered", test_tampered);
  g_test_add_func ("/wire/noise/garbage", test_garbage);
  g_test_add_func ("/wire/noise/too-long", test_too_long);
  g_test_add_func ("/wire/noise/frames", test_frames);
  g_test_add_func ("/wire/noise/damaged-frame", test_damaged_frame);
  return g_test_run ();
}
