/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "net-test.h"
#include "store-fixture.h"
#include "store/mesh-exporter.h"
#include "store/mesh-importer.h"
#include "bitswap/mesh-bitswap-private.h"
#include "bitswap/mesh-bitswap-reader.h"
#include "bitswap/mesh-bitswap-session.h"
#include "bitswap/mesh-bitswap-writer.h"

/* A whole node for the tests of block exchange: host, store, bitswap, on loopback. */
typedef struct
{
  NetTestNode net;
  Fixture disk;
  MeshBitswap *bitswap; /* (owned) */
  GPtrArray *dropped;   /* (owned) (element-type utf8): peers that broke the rules */
} SwapNode;

static inline void
swap_dropped_cb (MeshBitswap *bitswap,
                 MeshPeerId *peer_id,
                 const GError *error,
                 SwapNode *node)
{
  g_ptr_array_add (node->dropped, g_strdup (mesh_peer_id_to_string (peer_id)));
}

static inline void
swap_node_init (SwapNode *node, guint8 fill, const char *ledger)
{
  g_autoptr (GError) error = NULL;

  *node = (SwapNode){ .net = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0") };
  fixture_set_up (&node->disk, NULL);
  node->dropped = g_ptr_array_new_with_free_func (g_free);
  node->bitswap = mesh_bitswap_new (node->net.host, node->disk.store,
                                    mesh_store_get_pool (node->disk.store), fill);
  g_signal_connect (node->bitswap, "peer-dropped", G_CALLBACK (swap_dropped_cb), node);
  {
    FIXTURE_RUN (result, mesh_bitswap_start_async, node->bitswap, ledger, NULL);
    g_assert_true (mesh_bitswap_start_finish (node->bitswap, result, &error));
  }
  g_assert_no_error (error);
}

static inline void
swap_node_clear (SwapNode *node)
{
  g_autoptr (GError) error = NULL;

  {
    FIXTURE_RUN (result, mesh_bitswap_stop_async, node->bitswap);
    g_assert_true (mesh_bitswap_stop_finish (node->bitswap, result, &error));
  }
  g_assert_no_error (error);
  net_test_wait (G_OBJECT (node->bitswap)->ref_count == 1);
  g_assert_finalize_object (g_steal_pointer (&node->bitswap));
  net_test_node_clear (&node->net);
  net_test_wait (G_OBJECT (node->disk.store)->ref_count == 1);
  fixture_tear_down (&node->disk, NULL);
  g_ptr_array_unref (node->dropped);
}

/* Imports @size bytes that depend on @seed, and shares them if asked to. */
static inline MeshCid *
swap_add (SwapNode *node, guint32 seed, gsize size, gboolean is_shared)
{
  g_autoptr (GBytes) bytes = fixture_bytes (seed, size);
  g_autofree char *path = g_build_filename (node->disk.dir, "source", NULL);
  g_autoptr (MeshImportResult) imported = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) size, &error);
  g_assert_no_error (error);
  {
    FIXTURE_RUN (result, mesh_importer_add_async, node->disk.store, path, NULL,
                 MESH_IMPORT_NONE, NULL, NULL, NULL);
    imported = mesh_importer_add_finish (node->disk.store, result, &error);
  }
  g_assert_no_error (error);
  if (is_shared)
    {
      FIXTURE_RUN (result, mesh_store_set_shared_async, node->disk.store, imported->root,
                   TRUE, NULL);
      g_assert_true (mesh_store_set_shared_finish (node->disk.store, result, &error));
    }
  return mesh_cid_ref (imported->root);
}

static inline void
swap_connect (SwapNode *from, NetTestNode *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshConnection) connection = net_test_connect (&from->net, to, &error);

  g_assert_no_error (error);
}

/* Fetches a file through @source and compares it with what swap_add() made. */
static inline gboolean
swap_fetch (SwapNode *node,
            MeshBlockSource *source,
            MeshCid *root,
            guint32 seed,
            gsize size,
            GError **error)
{
  g_autofree char *path = g_build_filename (node->disk.dir, "fetched", NULL);
  g_autoptr (GBytes) expected = fixture_bytes (seed, size);
  g_autofree char *text = NULL;
  gsize len;
  FIXTURE_RUN (result, mesh_exporter_get_async, source,
               mesh_store_get_pool (node->disk.store), root, path, NULL, NULL, NULL,
               NULL);

  if (!mesh_exporter_get_finish (result, NULL, error))
    return FALSE;
  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  g_assert_cmpmem (text, len, g_bytes_get_data (expected, NULL), size);
  g_assert_cmpint (g_remove (path), ==, 0);
  return TRUE;
}

/* A peer made by hand, without the cores: it reads messages and does what it is told. */
typedef struct
{
  NetTestNode net;
  GPtrArray *readers;        /* (owned) (element-type MeshBitswapReader) */
  MeshBitswapWriter *writer; /* (owned) (nullable) */
  GQueue outbox;             /* of MeshBitswapMessage */
  gboolean is_lying;         /* answers want-block with other bytes; else with nothing */
  guint n_lies;
  guint n_messages;
  guint n_blocks; /* received */
  guint n_dont_haves;
} SwapFake;

static inline void
swap_fake_pump (SwapFake *fake)
{
  if (fake->outbox.length > 0 && !mesh_bitswap_writer_is_busy (fake->writer))
    mesh_bitswap_writer_send (fake->writer, g_queue_pop_head (&fake->outbox));
}

static inline void
swap_fake_done_cb (MeshBitswapWriter *writer, const GError *error, gpointer user_data)
{
  SwapFake *fake = user_data;

  if (error == NULL)
    swap_fake_pump (fake);
  else
    g_queue_clear_full (&fake->outbox, (GDestroyNotify) mesh_bitswap_message_free);
}

static inline void
swap_fake_opened_cb (MeshBitswapWriter *writer,
                     MeshBitswapVersion version,
                     gpointer user_data)
{
  g_assert_cmpint (version, ==, MESH_BITSWAP_1_2_0);
}

static inline void
swap_fake_send (SwapFake *fake, MeshPeerId *to, MeshBitswapMessage *msg)
{
  if (fake->writer == NULL)
    fake->writer = mesh_bitswap_writer_new (fake->net.host, to, swap_fake_opened_cb,
                                            swap_fake_done_cb, fake);
  g_queue_push_tail (&fake->outbox, msg);
  swap_fake_pump (fake);
}

static inline MeshBitswapAdmission
swap_fake_admit (MeshBitswapReader *reader, gsize len, gpointer user_data)
{
  return MESH_BITSWAP_ADMIT;
}

static inline void
swap_fake_progress (MeshBitswapReader *reader, gsize len, gpointer user_data)
{
}

typedef struct
{
  SwapFake *fake;
  MeshPeerId *peer_id; /* (owned) */
} SwapFakeStream;

static inline void
swap_fake_stream_free (gpointer data, GObject *gone)
{
  SwapFakeStream *stream = data;

  mesh_peer_id_unref (stream->peer_id);
  g_free (stream);
}

static inline void
swap_fake_message (MeshBitswapReader *reader, GBytes *bytes, gpointer user_data)
{
  SwapFakeStream *stream = user_data;
  SwapFake *fake = stream->fake;
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_decode (bytes, NULL);
  g_autoptr (MeshBitswapMessage) answer = mesh_bitswap_message_new ();
  g_autoptr (GBytes) lie = g_bytes_new_static ("not what you want", 17);

  g_assert_nonnull (msg);
  fake->n_messages++;
  fake->n_blocks += msg->blocks->len;
  for (guint i = 0; i < msg->presences->len; i++)
    fake->n_dont_haves += !g_array_index (msg->presences, MeshBitswapPresence, i).has;
  for (guint i = 0; i < msg->entries->len; i++)
    {
      const MeshBitswapEntry *entry = &g_array_index (msg->entries, MeshBitswapEntry, i);

      if (entry->is_cancel)
        continue;
      if (entry->type == MESH_BITSWAP_WANT_HAVE)
        {
          mesh_bitswap_message_add_presence (answer, entry->cid, TRUE);
        }
      else if (fake->is_lying)
        {
          mesh_bitswap_message_add_block (answer, entry->cid, lie);
          fake->n_lies++;
        }
    }
  if (!mesh_bitswap_message_is_empty (answer))
    swap_fake_send (fake, stream->peer_id, g_steal_pointer (&answer));
  mesh_bitswap_reader_next (reader);
}

static inline void
swap_fake_closed (MeshBitswapReader *reader, const GError *error, gpointer user_data)
{
}

static inline void
swap_fake_handler (MeshStream *mesh_stream, gpointer user_data)
{
  static const MeshBitswapReaderFuncs funcs
      = { swap_fake_admit, swap_fake_progress, swap_fake_message, swap_fake_closed };
  g_autoptr (MeshStream) owned = mesh_stream;
  SwapFake *fake = user_data;
  SwapFakeStream *stream = g_new0 (SwapFakeStream, 1);
  MeshBitswapReader *reader;

  stream->fake = fake;
  stream->peer_id = mesh_peer_id_ref (
      mesh_connection_get_peer_id (mesh_stream_get_connection (mesh_stream)));
  g_object_weak_ref (G_OBJECT (mesh_stream), swap_fake_stream_free, stream);
  reader = mesh_bitswap_reader_new (mesh_stream, &funcs, stream);
  g_ptr_array_add (fake->readers, reader);
  mesh_bitswap_reader_next (reader);
}

static inline void
swap_fake_init (SwapFake *fake, guint8 fill, gboolean is_lying)
{
  *fake = (SwapFake){ .is_lying = is_lying };
  fake->net = net_test_node (fill, NULL, "/ip4/127.0.0.1/tcp/0");
  fake->readers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_bitswap_reader_close);
  mesh_host_set_handler (fake->net.host, MESH_BITSWAP_PROTOCOL_1_2_0, swap_fake_handler,
                         fake, NULL);
}

static inline void
swap_fake_clear (SwapFake *fake)
{
  g_ptr_array_unref (fake->readers);
  g_clear_pointer (&fake->writer, mesh_bitswap_writer_close);
  g_queue_clear_full (&fake->outbox, (GDestroyNotify) mesh_bitswap_message_free);
  net_test_node_clear (&fake->net);
}
