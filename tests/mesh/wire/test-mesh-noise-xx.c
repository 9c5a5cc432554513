/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-noise-xx.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-error.h"

#include "hex.h"

/* The vector of cacophony for this protocol, as published with snow. */
static const struct
{
  const char *payload;
  const char *message;
} vector[] = {
  { "4c756477696720766f6e204d69736573",
    "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
    "4c756477696720766f6e204d69736573" },
  { "4d757272617920526f746862617264", "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be3"
                                      "4069f14480884381cbad1f276e038c48378ffc"
                                      "e2b65285e08d6b68aaa3629a5a8639392490e5b9bd5269c2f1"
                                      "e4f488ed8831161f19b7815528f8982ffe09be"
                                      "9b5c412f8a0db50f8814c7194e83f23dbd8d162c9326ad" },
  { "462e20412e20486179656b",
    "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a"
    "89be"
    "0865b57f58c9fea0d4ec82a286427402f113e4b6ae769a1d95941d49b25030" },
  { "4361726c204d656e676572", "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df" },
  { "4a65616e2d426170746973746520536179",
    "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5" },
  { "457567656e2042f6686d20766f6e2042617765726b",
    "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f" },
};

#define INIT_STATIC "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1"
#define INIT_EPHEMERAL "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a"
#define RESP_STATIC "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893"
#define RESP_EPHEMERAL "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b"
#define PROLOGUE "John Galt"

static MeshNoiseXx *
make (gboolean is_initiator, const char *s, const char *e)
{
  g_autoptr (GBytes) s_bytes = hex_bytes (s), e_bytes = hex_bytes (e);

  return mesh_noise_xx_new (is_initiator, g_bytes_get_data (s_bytes, NULL),
                            g_bytes_get_data (e_bytes, NULL), (const guint8 *) PROLOGUE,
                            strlen (PROLOGUE));
}

static void
test_vector (void)
{
  g_autoptr (MeshNoiseXx) initiator = make (TRUE, INIT_STATIC, INIT_EPHEMERAL);
  g_autoptr (MeshNoiseXx) responder = make (FALSE, RESP_STATIC, RESP_EPHEMERAL);
  guint8 keys[4][MESH_NOISE_KEY_BYTES];

  for (guint i = 0; i < 3; i++)
    {
      MeshNoiseXx *writer = i % 2 == 0 ? initiator : responder;
      MeshNoiseXx *reader = i % 2 == 0 ? responder : initiator;
      g_autoptr (GBytes) payload = hex_bytes (vector[i].payload);
      g_autoptr (GBytes) message = hex_bytes (vector[i].message);
      g_autoptr (GByteArray) written = g_byte_array_new (), read = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_true (mesh_noise_xx_may_write (writer));
      g_assert_true (mesh_noise_xx_may_read (reader));
      g_assert_true (mesh_noise_xx_write (writer, g_bytes_get_data (payload, NULL),
                                          g_bytes_get_size (payload), written, &error));
      g_assert_cmpmem (written->data, written->len, g_bytes_get_data (message, NULL),
                       g_bytes_get_size (message));
      g_assert_true (
          mesh_noise_xx_read (reader, written->data, written->len, read, &error));
      g_assert_cmpmem (read->data, read->len, g_bytes_get_data (payload, NULL),
                       g_bytes_get_size (payload));
    }
  g_assert_false (mesh_noise_xx_may_read (responder)
                  || mesh_noise_xx_may_write (responder));
  mesh_noise_xx_split (initiator, keys[0], keys[1]);
  mesh_noise_xx_split (responder, keys[2], keys[3]);
  g_assert_cmpmem (keys[0], 32, keys[3], 32);
  g_assert_cmpmem (keys[1], 32, keys[2], 32);
  g_assert_cmpmem (mesh_noise_xx_get_remote_static (initiator), 32,
                   mesh_noise_xx_get_static_public (responder), 32);

  /* Transport messages go on in turn, beginning with the responder. */
  for (guint i = 3; i < G_N_ELEMENTS (vector); i++)
    {
      g_autoptr (GBytes) payload = hex_bytes (vector[i].payload);
      g_autoptr (GBytes) message = hex_bytes (vector[i].message);
      guint8 out[64], nonce[12];
      unsigned long long n;

      mesh_noise_xx_nonce (i == 5 ? 1 : 0, nonce);
      crypto_aead_chacha20poly1305_ietf_encrypt (
          out, &n, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), NULL, 0,
          NULL, nonce, keys[i % 2 == 1 ? 2 : 0]);
      g_assert_cmpmem (out, n, g_bytes_get_data (message, NULL),
                       g_bytes_get_size (message));
    }
}

/* A point of small order gives no secret. */
static void
test_weak_key (void)
{
  static const guint8 zero[MESH_NOISE_KEY_BYTES];
  g_autoptr (MeshNoiseXx) responder = make (FALSE, RESP_STATIC, RESP_EPHEMERAL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (mesh_noise_xx_read (responder, zero, sizeof zero, out, &error));
  g_assert_false (mesh_noise_xx_write (responder, NULL, 0, out, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

static void
test_short (void)
{
  guint8 bytes[MESH_NOISE_KEY_BYTES] = { 9 };

  for (gsize len = 0; len < sizeof bytes; len++)
    {
      g_autoptr (MeshNoiseXx) responder = make (FALSE, RESP_STATIC, RESP_EPHEMERAL);
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (mesh_noise_xx_read (responder, bytes, len, out, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/noise-xx/vector", test_vector);
  g_test_add_func ("/wire/noise-xx/weak-key", test_weak_key);
  g_test_add_func ("/wire/noise-xx/short", test_short);
  return g_test_run ();
}
