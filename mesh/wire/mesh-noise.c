/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-noise.h"

#include <sodium.h>
#include <string.h>

#include "base/mesh-error.h"
#include "proto/noise.pb-c.h"

#define SIGNATURE_PREFIX "noise-libp2p-static-key:"
#define SIGNED_BYTES (sizeof SIGNATURE_PREFIX - 1 + MESH_NOISE_KEY_BYTES)
#define MAX_MUXERS 32

typedef struct
{
  guint8 key[MESH_NOISE_KEY_BYTES];
  guint64 n;
} Cipher;

struct MeshNoise
{
  gboolean is_initiator;
  gboolean is_done;
  gboolean has_spoken;   /* written a message */
  MeshKeypair *identity; /* (owned) */
  MeshPeerId *expected;  /* (owned) (nullable) */
  char **muxers;         /* (owned) */

  MeshNoiseXx *xx;    /* (owned) (nullable): until done */
  GByteArray *input;  /* (owned): an incomplete handshake message with its length */
  GByteArray *output; /* (owned) */

  MeshPublicKey *public_key; /* (owned) (nullable): of the peer */
  MeshPeerId *peer_id;       /* (owned) (nullable) */
  const char *muxer;         /* (unowned) (nullable): in muxers */

  Cipher send;
  Cipher receive;
};

MeshNoise *
mesh_noise_new (gboolean is_initiator,
                MeshKeypair *identity,
                MeshPeerId *expected,
                const guint8 static_secret[MESH_NOISE_KEY_BYTES],
                const guint8 ephemeral_secret[MESH_NOISE_KEY_BYTES],
                const char *const *muxers)
{
  MeshNoise *noise = g_new0 (MeshNoise, 1);

  noise->is_initiator = is_initiator;
  noise->identity = mesh_keypair_ref (identity);
  noise->expected = expected != NULL ? mesh_peer_id_ref (expected) : NULL;
  noise->muxers = g_strdupv ((char **) muxers);
  noise->xx = mesh_noise_xx_new (is_initiator, static_secret, ephemeral_secret, NULL, 0);
  noise->input = g_byte_array_new ();
  noise->output = g_byte_array_new ();
  return noise;
}

void
mesh_noise_free (MeshNoise *noise)
{
  g_clear_pointer (&noise->identity, mesh_keypair_unref);
  g_clear_pointer (&noise->expected, mesh_peer_id_unref);
  g_clear_pointer (&noise->muxers, g_strfreev);
  g_clear_pointer (&noise->xx, mesh_noise_xx_free);
  g_clear_pointer (&noise->input, g_byte_array_unref);
  g_clear_pointer (&noise->output, g_byte_array_unref);
  g_clear_pointer (&noise->public_key, mesh_public_key_unref);
  g_clear_pointer (&noise->peer_id, mesh_peer_id_unref);
  sodium_memzero (noise, sizeof *noise);
  g_free (noise);
}

static void
make_signed_bytes (const guint8 static_key[MESH_NOISE_KEY_BYTES],
                   guint8 out[SIGNED_BYTES])
{
  memcpy (out, SIGNATURE_PREFIX, sizeof SIGNATURE_PREFIX - 1);
  memcpy (out + sizeof SIGNATURE_PREFIX - 1, static_key, MESH_NOISE_KEY_BYTES);
}

static GByteArray *
make_payload (MeshNoise *noise)
{
  MeshProto__NoisePayload payload = MESH_PROTO__NOISE_PAYLOAD__INIT;
  MeshProto__NoiseExtensions extensions = MESH_PROTO__NOISE_EXTENSIONS__INIT;
  GBytes *key = mesh_public_key_get_bytes (mesh_keypair_get_public_key (noise->identity));
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint8 to_sign[SIGNED_BYTES], signature[MESH_ED25519_SIGNATURE_BYTES];

  make_signed_bytes (mesh_noise_xx_get_static_public (noise->xx), to_sign);
  mesh_keypair_sign (noise->identity, to_sign, sizeof to_sign, signature);
  payload.has_identity_key = TRUE;
  payload.identity_key.data
      = (guint8 *) g_bytes_get_data (key, &payload.identity_key.len);
  payload.has_identity_sig = TRUE;
  payload.identity_sig.data = signature;
  payload.identity_sig.len = sizeof signature;
  extensions.n_stream_muxers = g_strv_length (noise->muxers);
  extensions.stream_muxers = noise->muxers;
  payload.extensions = &extensions;
  g_byte_array_set_size (packed,
                         (guint) mesh_proto__noise_payload__get_packed_size (&payload));
  mesh_proto__noise_payload__pack (&payload, packed->data);
  return g_steal_pointer (&packed);
}

static gboolean
write_message (MeshNoise *noise, GError **error)
{
  g_autoptr (GByteArray) payload = NULL;
  g_autoptr (GByteArray) message = g_byte_array_new ();
  guint8 prefix[2];

  /* The first message can be read by anyone: nothing goes into it. */
  if (noise->is_initiator && noise->peer_id == NULL)
    payload = g_byte_array_new ();
  else
    payload = make_payload (noise);
  if (!mesh_noise_xx_write (noise->xx, payload->data, payload->len, message, error))
    return FALSE;
  prefix[0] = (guint8) (message->len >> 8);
  prefix[1] = (guint8) message->len;
  g_byte_array_append (noise->output, prefix, sizeof prefix);
  g_byte_array_append (noise->output, message->data, message->len);
  return TRUE;
}

static gboolean
verify_identity (MeshNoise *noise, const MeshProto__NoisePayload *payload, GError **error)
{
  guint8 was_signed[SIGNED_BYTES];
  g_autoptr (GError) reason = NULL;

  noise->public_key = mesh_public_key_from_bytes (payload->identity_key.data,
                                                  payload->identity_key.len, error);
  if (noise->public_key == NULL)
    return FALSE;
  make_signed_bytes (mesh_noise_xx_get_remote_static (noise->xx), was_signed);
  if (!mesh_public_key_verify (noise->public_key, was_signed, sizeof was_signed,
                               payload->identity_sig.data, payload->identity_sig.len,
                               &reason))
    {
      if (g_error_matches (reason, MESH_ERROR, MESH_ERROR_BAD_SIGNATURE))
        g_set_error_literal (error, MESH_ERROR, MESH_ERROR_AUTH,
                             "The peer could not prove its identity");
      else
        g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  noise->peer_id = mesh_peer_id_new_from_public_key (noise->public_key);
  if (noise->expected == NULL || mesh_peer_id_equal (noise->expected, noise->peer_id))
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_AUTH, "Peer %s answered instead of %s",
               mesh_peer_id_to_string (noise->peer_id),
               mesh_peer_id_to_string (noise->expected));
  return FALSE;
}

/* The first of the initiator's muxers that both have (specs/connections, inlined muxer
 * negotiation). A peer that names none does not do this. */
static gboolean
select_muxer (MeshNoise *noise,
              const MeshProto__NoiseExtensions *extensions,
              GError **error)
{
  gsize n_remote;
  gsize n_local = g_strv_length (noise->muxers);

  if (extensions == NULL || extensions->n_stream_muxers == 0 || n_local == 0)
    return TRUE;
  n_remote = MIN (extensions->n_stream_muxers, MAX_MUXERS);
  for (gsize i = 0; i < (noise->is_initiator ? n_local : n_remote); i++)
    for (gsize k = 0; k < (noise->is_initiator ? n_remote : n_local); k++)
      {
        gsize mine = noise->is_initiator ? i : k, theirs = noise->is_initiator ? k : i;

        if (strcmp (noise->muxers[mine], extensions->stream_muxers[theirs]) != 0)
          continue;
        noise->muxer = noise->muxers[mine];
        return TRUE;
      }
  g_set_error_literal (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                       "The peer has no stream muxer in common with us");
  return FALSE;
}

static gboolean
handle_payload (MeshNoise *noise, GByteArray *bytes, GError **error)
{
  MeshProto__NoisePayload *payload
      = mesh_proto__noise_payload__unpack (NULL, bytes->len, bytes->data);
  gboolean ok;

  if (payload == NULL)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "Noise handshake: the payload is malformed");
      return FALSE;
    }
  ok = verify_identity (noise, payload, error)
       && select_muxer (noise, payload->extensions, error);
  mesh_proto__noise_payload__free_unpacked (payload, NULL);
  return ok;
}

static gboolean
handle_message (MeshNoise *noise, const guint8 *data, gsize len, GError **error)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  if (!mesh_noise_xx_read (noise->xx, data, len, payload, error))
    return FALSE;
  /* What the first message carries was not meant for anybody in particular. */
  if (!noise->is_initiator && !noise->has_spoken)
    return TRUE;
  return handle_payload (noise, payload, error);
}

/* Speaks when it is our turn; finishes after the last message. */
static gboolean
advance (MeshNoise *noise, GError **error)
{
  if (mesh_noise_xx_may_write (noise->xx))
    {
      if (!write_message (noise, error))
        return FALSE;
      noise->has_spoken = TRUE;
    }
  if (mesh_noise_xx_may_read (noise->xx))
    return TRUE;
  mesh_noise_xx_split (noise->xx, noise->send.key, noise->receive.key);
  g_clear_pointer (&noise->xx, mesh_noise_xx_free);
  noise->is_done = TRUE;
  return TRUE;
}

/* Moves bytes into the message being collected; TRUE when it is whole. */
static gboolean
collect (MeshNoise *noise, const guint8 **data, gsize *len)
{
  while (*len > 0)
    {
      gsize wanted = 2, n;

      if (noise->input->len >= 2)
        wanted += (gsize) noise->input->data[0] << 8 | noise->input->data[1];
      if (wanted > MESH_NOISE_MAX_HANDSHAKE)
        return TRUE;
      n = MIN (*len, wanted - noise->input->len);
      g_byte_array_append (noise->input, *data, (guint) n);
      *data += n;
      *len -= n;
      if (noise->input->len == wanted && wanted > 2)
        return TRUE;
      if (noise->input->len == 2 && noise->input->data[0] == 0
          && noise->input->data[1] == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
mesh_noise_handshake (MeshNoise *noise,
                      const guint8 *data,
                      gsize len,
                      gsize *consumed,
                      GError **error)
{
  const guint8 *start = data;

  *consumed = 0;
  if (!noise->is_done && !noise->has_spoken && noise->is_initiator
      && !advance (noise, error))
    return FALSE;
  while (!noise->is_done && collect (noise, &data, &len))
    {
      guint n = noise->input->len;

      if (2u + ((guint) noise->input->data[0] << 8 | noise->input->data[1]) != n)
        {
          g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                               "Noise handshake: a message is too long");
          return FALSE;
        }
      if (!handle_message (noise, noise->input->data + 2, n - 2, error)
          || !advance (noise, error))
        return FALSE;
      g_byte_array_set_size (noise->input, 0);
    }
  *consumed = (gsize) (data - start);
  return TRUE;
}

GBytes *
mesh_noise_take_output (MeshNoise *noise)
{
  GByteArray *output = noise->output;

  if (output->len == 0)
    return NULL;
  noise->output = g_byte_array_new ();
  return g_byte_array_free_to_bytes (output);
}

gboolean
mesh_noise_is_done (const MeshNoise *noise)
{
  return noise->is_done;
}

MeshPeerId *
mesh_noise_get_peer_id (const MeshNoise *noise)
{
  return noise->peer_id;
}

MeshPublicKey *
mesh_noise_get_public_key (const MeshNoise *noise)
{
  return noise->public_key;
}

const char *
mesh_noise_get_muxer (const MeshNoise *noise)
{
  return noise->muxer;
}

gsize
mesh_noise_encrypt (MeshNoise *noise,
                    const guint8 *plain,
                    gsize len,
                    guint8 *out,
                    gsize out_size,
                    gsize *written)
{
  gsize taken = 0;
  guint8 nonce[12];

  g_return_val_if_fail (noise->is_done, 0);

  *written = 0;
  while (taken < len && out_size - *written > MESH_NOISE_FRAME_OVERHEAD
         && noise->send.n < G_MAXUINT64)
    {
      gsize room = out_size - *written - MESH_NOISE_FRAME_OVERHEAD;
      gsize n = MIN (MIN (len - taken, room), MESH_NOISE_MAX_PLAIN);
      gsize sealed = n + MESH_NOISE_TAG_BYTES;
      guint8 *frame = out + *written;

      frame[0] = (guint8) (sealed >> 8);
      frame[1] = (guint8) sealed;
      mesh_noise_xx_nonce (noise->send.n++, nonce);
      crypto_aead_chacha20poly1305_ietf_encrypt (frame + 2, NULL, plain + taken, n, NULL,
                                                 0, NULL, nonce, noise->send.key);
      taken += n;
      *written += 2 + sealed;
    }
  return taken;
}

gssize
mesh_noise_get_frame_len (const guint8 *data, gsize len)
{
  gsize sealed;

  if (len < 2)
    return -1;
  sealed = (gsize) data[0] << 8 | data[1];
  if (len < 2 + sealed)
    return -1;
  return sealed < MESH_NOISE_TAG_BYTES ? 0 : (gssize) (sealed - MESH_NOISE_TAG_BYTES);
}

static gboolean
open_frame (MeshNoise *noise, const guint8 *frame, guint8 *out, GError **error)
{
  gsize sealed = (gsize) frame[0] << 8 | frame[1];
  guint8 nonce[12];

  mesh_noise_xx_nonce (noise->receive.n, nonce);
  if (noise->receive.n == G_MAXUINT64 || sealed < MESH_NOISE_TAG_BYTES
      || crypto_aead_chacha20poly1305_ietf_decrypt (out, NULL, NULL, frame + 2, sealed,
                                                    NULL, 0, nonce, noise->receive.key)
             != 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "What the peer sent was damaged on the way");
      return FALSE;
    }
  noise->receive.n++;
  return TRUE;
}

gboolean
mesh_noise_decrypt (MeshNoise *noise,
                    const guint8 *data,
                    gsize len,
                    gsize *consumed,
                    guint8 *out,
                    gsize out_size,
                    gsize *produced,
                    GError **error)
{
  gssize n;

  g_return_val_if_fail (noise->is_done, FALSE);

  *consumed = 0;
  *produced = 0;
  while ((n = mesh_noise_get_frame_len (data + *consumed, len - *consumed)) >= 0
         && (gsize) n <= out_size - *produced)
    {
      const guint8 *frame = data + *consumed;

      if (!open_frame (noise, frame, out + *produced, error))
        return FALSE;
      *consumed += 2 + ((gsize) frame[0] << 8 | frame[1]);
      *produced += (gsize) n;
    }
  return TRUE;
}
