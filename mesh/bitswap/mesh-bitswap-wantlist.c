/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-wantlist.h"

typedef struct
{
  MeshCid *cid; /* (owned) */
  MeshBitswapWantType type;
  gint32 priority;
  gboolean is_told;   /* the peer knows, with the type above unless pending */
  gboolean was_told;  /* the peer knew once, perhaps over a stream now lost */
  gboolean is_ended;  /* no longer wanted: pending as a cancel, or past */
  gboolean is_queued; /* in list->pending */
  GList link;         /* in list->pending or list->past */
} Want;

/* A want is in exactly one of: wanted and told (in no queue), pending, past. */
struct MeshBitswapWantlist
{
  GHashTable *wants; /* (owned) (element-type MeshCid Want): keyed by multihash */
  GQueue pending;    /* of Want, changes to be told */
  GQueue past;       /* of Want, ended and told */
  guint n_wanted;
  gboolean is_fresh; /* the next message is a full list */
};

static void
want_free (gpointer data)
{
  Want *want = data;

  mesh_cid_unref (want->cid);
  g_free (want);
}

MeshBitswapWantlist *
mesh_bitswap_wantlist_new (void)
{
  MeshBitswapWantlist *list = g_new0 (MeshBitswapWantlist, 1);

  list->wants = g_hash_table_new_full (mesh_cid_hash_multihash, mesh_cid_equal_multihash,
                                       NULL, want_free);
  list->is_fresh = TRUE;
  return list;
}

void
mesh_bitswap_wantlist_free (MeshBitswapWantlist *list)
{
  g_hash_table_unref (list->wants);
  g_free (list);
}

static void
enqueue (MeshBitswapWantlist *list, Want *want)
{
  if (want->is_queued)
    return;
  want->is_queued = TRUE;
  g_queue_push_tail_link (&list->pending, &want->link);
}

static void
dequeue (MeshBitswapWantlist *list, Want *want)
{
  if (!want->is_queued)
    return;
  want->is_queued = FALSE;
  g_queue_unlink (&list->pending, &want->link);
}

/* Remembers an ended want, so that a block already on its way is known as late rather
 * than taken for a lie. */
static void
bury (MeshBitswapWantlist *list, Want *want)
{
  g_queue_push_tail_link (&list->past, &want->link);
  if (list->past.length > MESH_BITSWAP_WANTLIST_MAX_PAST)
    {
      Want *oldest = list->past.head->data;

      g_queue_unlink (&list->past, &oldest->link);
      g_hash_table_remove (list->wants, oldest->cid);
    }
}

static Want *
revive (MeshBitswapWantlist *list, MeshCid *cid)
{
  Want *want = g_hash_table_lookup (list->wants, cid);

  if (want == NULL)
    {
      want = g_new0 (Want, 1);
      want->cid = mesh_cid_ref (cid);
      want->link.data = want;
      g_hash_table_insert (list->wants, want->cid, want);
    }
  else if (want->is_queued)
    {
      dequeue (list, want); /* its cancel was not sent: ask anew behind it */
    }
  else
    {
      g_queue_unlink (&list->past, &want->link);
      want->is_told = FALSE;
    }
  want->is_ended = FALSE;
  list->n_wanted++;
  return want;
}

gboolean
mesh_bitswap_wantlist_add (MeshBitswapWantlist *list,
                           MeshCid *cid,
                           MeshBitswapWantType type,
                           gint32 priority)
{
  Want *want = g_hash_table_lookup (list->wants, cid);
  gboolean is_new = want == NULL || want->is_ended;

  if (is_new && list->n_wanted >= MESH_BITSWAP_WANTLIST_MAX)
    return FALSE;
  if (!is_new && (want->type == type || type == MESH_BITSWAP_WANT_HAVE))
    return TRUE;
  if (is_new)
    want = revive (list, cid);
  want->type = type;
  want->priority = priority;
  enqueue (list, want);
  return TRUE;
}

void
mesh_bitswap_wantlist_remove (MeshBitswapWantlist *list,
                              const MeshCid *cid,
                              gboolean is_answered)
{
  Want *want = g_hash_table_lookup (list->wants, cid);

  if (want == NULL || want->is_ended)
    return;
  list->n_wanted--;
  want->is_ended = TRUE;
  if (!want->was_told)
    {
      dequeue (list, want);
      g_hash_table_remove (list->wants, cid);
    }
  else if (is_answered || !want->is_told)
    {
      dequeue (list, want);
      bury (list, want);
    }
  else
    {
      enqueue (list, want);
    }
}

gboolean
mesh_bitswap_wantlist_knows (const MeshBitswapWantlist *list, const MeshCid *cid)
{
  const Want *want = g_hash_table_lookup (list->wants, cid);

  return want != NULL && want->was_told;
}

guint
mesh_bitswap_wantlist_get_length (const MeshBitswapWantlist *list)
{
  return list->n_wanted;
}

gboolean
mesh_bitswap_wantlist_has_pending (const MeshBitswapWantlist *list)
{
  return list->pending.length > 0;
}

static gint
compare_by_priority (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Want *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  return mesh_cid_compare (x->cid, y->cid);
}

void
mesh_bitswap_wantlist_reset (MeshBitswapWantlist *list)
{
  GList *next;
  GHashTableIter iter;
  gpointer value;

  /* A full list cancels what it does not name. */
  for (GList *l = list->pending.head; l != NULL; l = next)
    {
      Want *want = l->data;

      next = l->next;
      if (!want->is_ended)
        continue;
      dequeue (list, want);
      bury (list, want);
    }
  g_hash_table_iter_init (&iter, list->wants);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Want *want = value;

      if (want->is_ended)
        continue;
      want->is_told = FALSE;
      enqueue (list, want);
    }
  /* the hash table's order must not show */
  g_queue_sort (&list->pending, compare_by_priority, NULL);
  list->is_fresh = TRUE;
}

void
mesh_bitswap_wantlist_fill (MeshBitswapWantlist *list, MeshBitswapMessage *msg)
{
  guint n = MIN (list->pending.length, MESH_BITSWAP_WANTLIST_MESSAGE_MAX);

  for (guint i = 0; i < n; i++)
    {
      Want *want = list->pending.head->data;

      dequeue (list, want);
      mesh_bitswap_message_add_entry (msg, want->cid, want->is_ended ? 0 : want->priority,
                                      want->is_ended ? MESH_BITSWAP_WANT_BLOCK
                                                     : want->type,
                                      want->is_ended, !want->is_ended);
      if (want->is_ended)
        bury (list, want);
      else
        want->is_told = want->was_told = TRUE;
    }
  if (n > 0 && list->is_fresh)
    {
      msg->is_full = TRUE;
      list->is_fresh = FALSE;
    }
}
