/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-message.h"

#include "base/mesh-error.h"
#include "base/mesh-protobuf.h"
#include "base/mesh-rng.h"
#include "proto/gossip.pb-c.h"

#include "gossip-fixture.h"
#include "hex.h"

typedef struct
{
  MeshKeypair *keypair;
  MeshPeerId *id;
} Author;

static void
author_init (Author *author, guint number)
{
  author->keypair = gossip_keypair (number);
  author->id
      = mesh_peer_id_new_from_public_key (mesh_keypair_get_public_key (author->keypair));
}

static void
author_clear (Author *author)
{
  mesh_keypair_unref (author->keypair);
  mesh_peer_id_unref (author->id);
}

static MeshGossipMessage *
open_bytes (GBytes *raw, GError **error)
{
  MeshGossipMessageView view;
  gsize len;
  const guint8 *data = g_bytes_get_data (raw, &len);

  if (!mesh_gossip_message_read (data, len, &view, error))
    return NULL;
  return mesh_gossip_message_open (&view, raw, error);
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("hello", 5);
  g_autoptr (MeshGossipMessage) msg = NULL;
  g_autoptr (MeshGossipMessage) copy = NULL;
  g_autoptr (GError) error = NULL;
  Author author;

  author_init (&author, 1);
  msg = mesh_gossip_message_sign (author.keypair, author.id, "topic", 0x0102030405060708u,
                                  data);
  copy = open_bytes (msg->raw, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->topic, ==, "topic");
  g_assert_true (g_bytes_equal (copy->data, data));
  g_assert_true (g_bytes_equal (copy->id, msg->id));
  g_assert_true (g_bytes_equal (copy->raw, msg->raw));
  g_assert_true (mesh_peer_id_equal (copy->author, author.id));
  g_assert_true (copy->seqno == 0x0102030405060708u);
  g_assert_cmpuint (g_bytes_get_size (msg->id), ==, 38 + 8);
  author_clear (&author);
}

/* The id is the author followed by the number, big-endian (specs/pubsub). */
static void
test_id (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("", 0);
  g_autoptr (MeshGossipMessage) msg = NULL;
  g_autoptr (MeshGossipMessage) copy = NULL;
  const guint8 *id, *bytes;
  gsize len, id_len;
  Author author;

  author_init (&author, 1);
  msg = mesh_gossip_message_sign (author.keypair, author.id, "t", 258, data);
  id = g_bytes_get_data (msg->id, &id_len);
  bytes = mesh_peer_id_get_bytes (author.id, &len);
  g_assert_cmpmem (id, len, bytes, len);
  g_assert_cmpmem (id + len, id_len - len, "\0\0\0\0\0\0\1\2", 8);
  copy = open_bytes (msg->raw, NULL);
  g_assert_true (g_bytes_equal (copy->id, msg->id));
  g_assert_cmpuint (g_bytes_get_size (copy->data), ==, 0);
  author_clear (&author);
}

/* Changes one thing about a good message, with the code made by protobuf-c. */
typedef void (*Change) (MeshProto__GossipMessage *msg);

static void
change_data (MeshProto__GossipMessage *msg)
{
  msg->data.data[0] ^= 1;
}

static void
change_seqno (MeshProto__GossipMessage *msg)
{
  msg->seqno.data[7] ^= 1;
}

static void
change_topic (MeshProto__GossipMessage *msg)
{
  msg->topic[0] ^= 1;
}

static void
change_signature (MeshProto__GossipMessage *msg)
{
  msg->signature.data[10] ^= 1;
}

static void
shorten_signature (MeshProto__GossipMessage *msg)
{
  msg->signature.len = 63;
}

static void
drop_signature (MeshProto__GossipMessage *msg)
{
  msg->has_signature = FALSE;
}

static void
drop_from (MeshProto__GossipMessage *msg)
{
  msg->has_from = FALSE;
}

static void
drop_seqno (MeshProto__GossipMessage *msg)
{
  msg->has_seqno = FALSE;
}

static void
shorten_seqno (MeshProto__GossipMessage *msg)
{
  msg->seqno.len = 7;
}

static void
empty_topic (MeshProto__GossipMessage *msg)
{
  msg->topic[0] = '\0';
}

/* Somebody else's name on it. */
static void
change_from (MeshProto__GossipMessage *msg)
{
  Author other;
  gsize len;

  author_init (&other, 2);
  memcpy (msg->from.data, mesh_peer_id_get_bytes (other.id, &len), msg->from.len);
  g_assert_cmpuint (len, ==, msg->from.len);
  author_clear (&other);
}

static guint8 foreign_key[64];

static void
add_foreign_key (MeshProto__GossipMessage *msg)
{
  Author other;
  GBytes *bytes;
  gsize len;
  const guint8 *data;

  author_init (&other, 2);
  bytes = mesh_public_key_get_bytes (mesh_keypair_get_public_key (other.keypair));
  data = g_bytes_get_data (bytes, &len);
  memcpy (foreign_key, data, len);
  msg->has_key = TRUE;
  msg->key.data = foreign_key;
  msg->key.len = len;
  author_clear (&other);
}

static GBytes *
change_message (const MeshGossipMessage *msg, Change change)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (msg->raw, &len);
  MeshProto__GossipMessage *read = mesh_proto__gossip_message__unpack (NULL, len, data);
  g_autofree guint8 *packed = NULL;

  change (read);
  packed = g_malloc (mesh_proto__gossip_message__get_packed_size (read));
  len = mesh_proto__gossip_message__pack (read, packed);
  if (read->key.data == foreign_key)
    memset (&read->key, 0, sizeof read->key);
  mesh_proto__gossip_message__free_unpacked (read, NULL);
  return g_bytes_new_take (g_steal_pointer (&packed), len);
}

static void
test_forged (void)
{
  static const struct
  {
    Change change;
    int code;
  } cases[] = {
    { change_data, MESH_ERROR_BAD_SIGNATURE },
    { change_seqno, MESH_ERROR_BAD_SIGNATURE },
    { change_topic, MESH_ERROR_BAD_SIGNATURE },
    { change_signature, MESH_ERROR_BAD_SIGNATURE },
    { shorten_signature, MESH_ERROR_BAD_SIGNATURE },
    { change_from, MESH_ERROR_BAD_SIGNATURE },
    { add_foreign_key, MESH_ERROR_AUTH },
    { drop_signature, MESH_ERROR_INVALID },
    { drop_from, MESH_ERROR_INVALID },
    { drop_seqno, MESH_ERROR_INVALID },
    { shorten_seqno, MESH_ERROR_INVALID },
    { empty_topic, MESH_ERROR_INVALID },
  };
  g_autoptr (GBytes) data = g_bytes_new_static ("hello", 5);
  g_autoptr (MeshGossipMessage) msg = NULL;
  Author author;

  author_init (&author, 1);
  msg = mesh_gossip_message_sign (author.keypair, author.id, "topic", 1, data);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = change_message (msg, cases[i].change);
      g_autoptr (GError) error = NULL;

      g_assert_null (open_bytes (raw, &error));
      g_assert_error (error, MESH_ERROR, cases[i].code);
    }
  author_clear (&author);
}

static void
append_seqno (GByteArray *array)
{
  mesh_protobuf_append_bytes (array, 3, (const guint8 *) "\0\0\0\0\0\0\0\1", 8);
}

/* A message whose fields are put together by @build, then signed as they are. */
static GBytes *
sign_bytes (Author *author, void (*build) (GByteArray *array, Author *author))
{
  GByteArray *array = g_byte_array_new ();
  g_autoptr (GByteArray) covered = g_byte_array_new ();
  guint8 signature[MESH_ED25519_SIGNATURE_BYTES];

  build (array, author);
  g_byte_array_append (covered, (const guint8 *) "libp2p-pubsub:", 14);
  g_byte_array_append (covered, array->data, array->len);
  mesh_keypair_sign (author->keypair, covered->data, covered->len, signature);
  mesh_protobuf_append_bytes (array, 5, signature, sizeof signature);
  return g_byte_array_free_to_bytes (array);
}

static void
append_from (GByteArray *array, Author *author)
{
  gsize len;
  const guint8 *bytes = mesh_peer_id_get_bytes (author->id, &len);

  mesh_protobuf_append_bytes (array, 1, bytes, len);
}

static void
append_topic (GByteArray *array)
{
  mesh_protobuf_append_bytes (array, 4, (const guint8 *) "t", 1);
}

static void
build_plain (GByteArray *array, Author *author)
{
  append_from (array, author);
  append_seqno (array);
  append_topic (array);
}

static void
build_twice (GByteArray *array, Author *author)
{
  append_from (array, author);
  append_seqno (array);
  append_seqno (array);
  append_topic (array);
}

static void
build_disordered (GByteArray *array, Author *author)
{
  append_from (array, author);
  append_topic (array);
  append_seqno (array);
}

static void
build_padded (GByteArray *array, Author *author)
{
  append_from (array, author);
  append_seqno (array);
  g_byte_array_append (array, (const guint8 *) "\x22\x81\x00t", 4);
}

static void
build_unknown (GByteArray *array, Author *author)
{
  build_plain (array, author);
  mesh_protobuf_append_bytes (array, 9, (const guint8 *) "new", 3);
}

/* Well signed, but other implementations would encode it in another way before they look
 * at the signature, and blame whoever passed it on. */
static void
test_canonical (void)
{
  static const struct
  {
    void (*build) (GByteArray *array, Author *author);
    int code; /* -1: good */
  } cases[] = {
    { build_plain, -1 }, /* no data at all */
    { build_twice, MESH_ERROR_INVALID },
    { build_disordered, MESH_ERROR_INVALID },
    { build_padded, MESH_ERROR_INVALID },
    { build_unknown, MESH_ERROR_UNSUPPORTED },
  };
  Author author;

  author_init (&author, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = sign_bytes (&author, cases[i].build);
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshGossipMessage) msg = open_bytes (raw, &error);

      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MESH_ERROR, cases[i].code);
      g_assert_true ((msg != NULL) == (cases[i].code < 0));
    }
  author_clear (&author);
}

/* Made by js-libp2p (@libp2p/gossipsub 17.1.1, buildRawMessage) with the key of
 * gossip_keypair (1). It adds the key although the id carries it, and signs without it.
 */
static void
test_foreign (void)
{
  static const struct
  {
    const char *topic;
    const char *text;
    guint64 seqno;
    const char *hex;
  } cases[] = {
    { "scm/global/updates", "hello from js", 1795244803512000001u,
      "0a260024080112201369e9915b5bce0c533e2257b8cc4f9654958259f1c865d8705c869b0021bbab"
      "120d68656c6c6f2066726f6d206a731a0818e9fda31e32de01221273636d2f676c6f62616c2f7570"
      "64617465732a403242681373f4c47b0fb9f691b2879580426138e72159d7062c35c1363cf309f9a0"
      "7d41832d51d65ce665734966a93f5a6f867dd58221ec15bb8622a6cc0a7902322408011220"
      "1369e9915b5bce0c533e2257b8cc4f9654958259f1c865d8705c869b0021bbab" },
    { "t", "", 1795244803512000002u,
      "0a260024080112201369e9915b5bce0c533e2257b8cc4f9654958259f1c865d8705c869b0021bbab"
      "12001a0818e9fda31e32de022201742a4039633635fa8a7248b6ec8f004c2f8d12f46a55623f1ecd"
      "6654d609b6f2391f72278acbf3e5618f2c2a5aa58622bdde5365d5c992aae00cc27b340d4ec9bce0"
      "023224080112201369e9915b5bce0c533e2257b8cc4f9654958259f1c865d8705c869b0021bbab" },
  };
  Author author;

  author_init (&author, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) raw = hex_bytes (cases[i].hex);
      g_autoptr (GBytes) text = g_bytes_new (cases[i].text, strlen (cases[i].text));
      g_autoptr (GError) error = NULL;
      g_autoptr (MeshGossipMessage) msg = open_bytes (raw, &error);
      g_autoptr (MeshGossipMessage) ours = NULL;
      gsize len;

      g_assert_no_error (error);
      g_assert_true (mesh_peer_id_equal (msg->author, author.id));
      g_assert_cmpstr (msg->topic, ==, cases[i].topic);
      g_assert_true (g_bytes_equal (msg->data, text));
      g_assert_cmpuint (msg->seqno, ==, cases[i].seqno);
      /* Ed25519 leaves no choice: ours is the same, but for the key that needs not be */
      ours = mesh_gossip_message_sign (author.keypair, author.id, cases[i].topic,
                                       cases[i].seqno, text);
      len = g_bytes_get_size (ours->raw);
      g_assert_cmpuint (len + 38, ==, g_bytes_get_size (raw));
      g_assert_cmpmem (g_bytes_get_data (ours->raw, NULL), len,
                       g_bytes_get_data (raw, NULL), len);
    }
  author_clear (&author);
}

/* A small message in a large RPC does not keep the RPC. */
static void
test_waste (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("hello", 5);
  g_autoptr (MeshGossipMessage) msg = NULL;
  g_autoptr (MeshGossipMessage) copy = NULL;
  g_autofree guint8 *large = g_malloc0 (1 << 20);
  GBytes *container;
  MeshGossipMessageView view;
  Author author;
  gsize len;
  const guint8 *bytes;

  author_init (&author, 1);
  msg = mesh_gossip_message_sign (author.keypair, author.id, "topic", 1, data);
  bytes = g_bytes_get_data (msg->raw, &len);
  memcpy (large + 1000, bytes, len);
  container = g_bytes_new_static (large, 1 << 20);
  g_assert_true (mesh_gossip_message_read (large + 1000, len, &view, NULL));
  copy = mesh_gossip_message_open (&view, container, NULL);
  g_bytes_unref (container);
  memset (large, 0xee, 1 << 20);
  g_assert_true (g_bytes_equal (copy->raw, msg->raw));
  g_assert_true (g_bytes_equal (copy->data, data));
  author_clear (&author);
}

/* Every message of every author verifies, and none with one bit changed. */
static void
test_property (void)
{
  MeshRng rng;

  mesh_rng_init (&rng, 3);
  for (guint i = 0; i < 1000; i++)
    {
      guint8 buf[200];
      gsize n = (gsize) mesh_rng_below (&rng, sizeof buf);
      g_autoptr (GBytes) data = NULL;
      g_autoptr (GBytes) raw = NULL;
      g_autoptr (MeshGossipMessage) msg = NULL;
      g_autoptr (MeshGossipMessage) good = NULL;
      g_autoptr (MeshGossipMessage) bad = NULL;
      GByteArray *changed;
      Author author;

      author_init (&author, i % 7);
      mesh_rng_fill (&rng, buf, n);
      data = g_bytes_new (buf, n);
      msg = mesh_gossip_message_sign (author.keypair, author.id, "topic",
                                      mesh_rng_next (&rng), data);
      good = open_bytes (msg->raw, NULL);
      g_assert_nonnull (good);
      changed = g_byte_array_new ();
      g_byte_array_append (changed, g_bytes_get_data (msg->raw, NULL),
                           (guint) g_bytes_get_size (msg->raw));
      changed->data[mesh_rng_below (&rng, changed->len)]
          ^= (guint8) (1u << mesh_rng_below (&rng, 8));
      raw = g_byte_array_free_to_bytes (changed);
      bad = open_bytes (raw, NULL);
      g_assert_null (bad);
      author_clear (&author);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gossip/message/round-trip", test_round_trip);
  g_test_add_func ("/gossip/message/id", test_id);
  g_test_add_func ("/gossip/message/forged", test_forged);
  g_test_add_func ("/gossip/message/canonical", test_canonical);
  g_test_add_func ("/gossip/message/foreign", test_foreign);
  g_test_add_func ("/gossip/message/waste", test_waste);
  g_test_add_func ("/gossip/message/property", test_property);
  return g_test_run ();
}
