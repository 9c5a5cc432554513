/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-ledger.h"

#include "base/mesh-error.h"

#define HEADER "shoal-bitswap-ledger 1\n"
#define TRUST_BYTES (64u << 20)

typedef struct
{
  char *peer_id; /* (owned) */
  MeshBitswapLedgerEntry entry;
  GList link; /* in ledger->by_use */
} Row;

struct MeshBitswapLedger
{
  GHashTable *rows; /* (owned) (element-type utf8 Row) */
  GQueue by_use;    /* of Row, the longest unused first */
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->peer_id);
  g_free (row);
}

MeshBitswapLedger *
mesh_bitswap_ledger_new (void)
{
  MeshBitswapLedger *ledger = g_new0 (MeshBitswapLedger, 1);

  ledger->rows = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, row_free);
  return ledger;
}

void
mesh_bitswap_ledger_free (MeshBitswapLedger *ledger)
{
  g_hash_table_unref (ledger->rows);
  g_free (ledger);
}

guint
mesh_bitswap_ledger_get_length (const MeshBitswapLedger *ledger)
{
  return ledger->by_use.length;
}

static Row *
use_row (MeshBitswapLedger *ledger, const char *peer_id)
{
  Row *row = g_hash_table_lookup (ledger->rows, peer_id);

  if (row != NULL)
    {
      g_queue_unlink (&ledger->by_use, &row->link);
      g_queue_push_tail_link (&ledger->by_use, &row->link);
      return row;
    }
  if (ledger->by_use.length >= MESH_BITSWAP_LEDGER_MAX_PEERS)
    {
      Row *oldest = ledger->by_use.head->data;

      g_queue_unlink (&ledger->by_use, &oldest->link);
      g_hash_table_remove (ledger->rows, oldest->peer_id);
    }
  row = g_new0 (Row, 1);
  row->peer_id = g_strndup (peer_id, MESH_BITSWAP_LEDGER_MAX_ID_LEN);
  row->link.data = row;
  g_hash_table_insert (ledger->rows, row->peer_id, row);
  g_queue_push_tail_link (&ledger->by_use, &row->link);
  return row;
}

static guint64
saturating_add (guint64 a, guint64 b)
{
  guint64 sum;

  return g_uint64_checked_add (&sum, a, b) ? sum : G_MAXUINT64;
}

void
mesh_bitswap_ledger_note_sent (MeshBitswapLedger *ledger, const char *peer_id, gsize len)
{
  Row *row = use_row (ledger, peer_id);

  row->entry.bytes_sent = saturating_add (row->entry.bytes_sent, len);
}

void
mesh_bitswap_ledger_note_received (MeshBitswapLedger *ledger,
                                   const char *peer_id,
                                   gsize len)
{
  Row *row = use_row (ledger, peer_id);

  row->entry.bytes_received = saturating_add (row->entry.bytes_received, len);
}

MeshBitswapLedgerEntry
mesh_bitswap_ledger_lookup (const MeshBitswapLedger *ledger, const char *peer_id)
{
  const Row *row = g_hash_table_lookup (ledger->rows, peer_id);

  return row != NULL ? row->entry : (MeshBitswapLedgerEntry){ 0 };
}

guint
mesh_bitswap_ledger_get_weight (const MeshBitswapLedger *ledger, const char *peer_id)
{
  MeshBitswapLedgerEntry entry = mesh_bitswap_ledger_lookup (ledger, peer_id);
  guint64 credit = saturating_add (entry.bytes_received, TRUST_BYTES);
  guint weight = 1;

  for (guint64 debt = entry.bytes_sent;
       debt > credit && weight < MESH_BITSWAP_LEDGER_MAX_WEIGHT; debt /= 2)
    weight++;
  return weight;
}

GBytes *
mesh_bitswap_ledger_to_text (const MeshBitswapLedger *ledger)
{
  g_autoptr (GString) text = g_string_new (HEADER);

  for (const GList *l = ledger->by_use.head; l != NULL; l = l->next)
    {
      const Row *row = l->data;

      g_string_append_printf (text, "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                              row->peer_id, row->entry.bytes_sent,
                              row->entry.bytes_received);
    }
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

static gboolean
is_peer_id (const char *text)
{
  gsize len = strlen (text);

  if (len == 0 || len > MESH_BITSWAP_LEDGER_MAX_ID_LEN)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (text[i]))
      return FALSE;
  return TRUE;
}

static gboolean
read_line (MeshBitswapLedger *ledger, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  guint64 sent, received;
  Row *row;

  if (g_strv_length (words) != 3 || !is_peer_id (words[0])
      || g_hash_table_contains (ledger->rows, words[0])
      || ledger->by_use.length >= MESH_BITSWAP_LEDGER_MAX_PEERS
      || !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT64, &sent, NULL)
      || !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT64, &received, NULL))
    return FALSE;
  row = use_row (ledger, words[0]);
  row->entry = (MeshBitswapLedgerEntry){ sent, received };
  return TRUE;
}

MeshBitswapLedger *
mesh_bitswap_ledger_from_text (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autofree char *text = NULL;
  gboolean ok = len <= MESH_BITSWAP_LEDGER_MAX_TEXT_BYTES && len >= strlen (HEADER)
                && memchr (data, '\0', len) == NULL
                && memcmp (data, HEADER, strlen (HEADER)) == 0 && data[len - 1] == '\n';

  if (ok)
    {
      text = g_strndup ((const char *) data, len);
      for (char *line = text + strlen (HEADER), *end; ok && *line != '\0'; line = end + 1)
        {
          end = strchr (line, '\n');
          *end = '\0';
          ok = read_line (ledger, line);
        }
    }
  if (!ok)
    {
      g_set_error (
          error, MESH_ERROR, MESH_ERROR_CORRUPT,
          "The Bitswap ledger is damaged and cannot be read; a new one is begun");
      return NULL;
    }
  return g_steal_pointer (&ledger);
}
