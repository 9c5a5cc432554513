/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip/mesh-gossip-outbox.h"

#include "gossip/mesh-gossip-rpc.h"

/* Tag and length of the control part. */
#define CONTROL_HEAD_BYTES 6

typedef struct
{
  MeshGossipOutKind kind;
  guint64 topic;
  GBytes *fragment; /* (owned) */
} Item;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_bytes_unref (item->fragment);
  g_free (item);
}

static gboolean
is_control (MeshGossipOutKind kind)
{
  return kind != MESH_GOSSIP_OUT_SUBSCRIPTION && kind != MESH_GOSSIP_OUT_MESSAGE;
}

static gboolean
is_gossip (MeshGossipOutKind kind)
{
  return kind == MESH_GOSSIP_OUT_IHAVE || kind == MESH_GOSSIP_OUT_IWANT;
}

void
mesh_gossip_outbox_clear (MeshGossipOutbox *outbox)
{
  g_queue_clear_full (&outbox->plain, item_free);
  g_queue_clear_full (&outbox->control, item_free);
  outbox->bytes = 0;
}

static void
drop (MeshGossipOutbox *outbox, GQueue *queue, GList *link)
{
  Item *item = link->data;

  outbox->bytes -= g_bytes_get_size (item->fragment);
  item_free (item);
  g_queue_delete_link (queue, link);
}

static void
drop_gossip (MeshGossipOutbox *outbox, MeshGossipOutboxLoss *loss)
{
  GList *next;

  for (GList *l = outbox->control.head; l != NULL; l = next)
    {
      const Item *item = l->data;

      next = l->next;
      if (!is_gossip (item->kind))
        continue;
      drop (outbox, &outbox->control, l);
      loss->n_gossip++;
    }
}

/* The last word on a topic counts. */
static void
drop_overruled (MeshGossipOutbox *outbox, MeshGossipOutKind kind, guint64 topic)
{
  GQueue *queue = is_control (kind) ? &outbox->control : &outbox->plain;
  GList *next;

  for (GList *l = queue->head; l != NULL; l = next)
    {
      const Item *item = l->data;

      next = l->next;
      if (item->topic == topic && !is_gossip (item->kind)
          && item->kind != MESH_GOSSIP_OUT_MESSAGE)
        drop (outbox, queue, l);
    }
}

/* Returns: whether there is room for what may be given up. */
static gboolean
make_room (MeshGossipOutbox *outbox,
           MeshGossipOutKind kind,
           gsize len,
           gsize max_bytes,
           MeshGossipOutboxLoss *loss)
{
  if (is_gossip (kind))
    {
      if (outbox->bytes + len <= max_bytes / 2)
        return TRUE;
      loss->n_gossip++;
      return FALSE;
    }
  if (outbox->bytes + len <= max_bytes)
    return TRUE;
  drop_gossip (outbox, loss);
  if (kind != MESH_GOSSIP_OUT_MESSAGE || outbox->bytes + len <= max_bytes)
    return TRUE;
  loss->n_messages++;
  return FALSE;
}

void
mesh_gossip_outbox_push (MeshGossipOutbox *outbox,
                         MeshGossipOutKind kind,
                         guint64 topic,
                         GBytes *fragment,
                         gsize max_bytes,
                         MeshGossipOutboxLoss *loss)
{
  g_autoptr (GBytes) owned = fragment;
  Item *item;

  if (!is_gossip (kind) && kind != MESH_GOSSIP_OUT_MESSAGE)
    drop_overruled (outbox, kind, topic);
  if (!make_room (outbox, kind, g_bytes_get_size (fragment), max_bytes, loss))
    return;
  item = g_new (Item, 1);
  item->kind = kind;
  item->topic = topic;
  item->fragment = g_steal_pointer (&owned);
  outbox->bytes += g_bytes_get_size (fragment);
  g_queue_push_tail (is_control (kind) ? &outbox->control : &outbox->plain, item);
}

/* Returns: (transfer full) (nullable): the next item when it fits. */
static Item *
take_item (MeshGossipOutbox *outbox, GQueue *queue, gsize used, gsize max_bytes)
{
  Item *item = g_queue_peek_head (queue);
  gsize len;

  if (item == NULL)
    return NULL;
  len = g_bytes_get_size (item->fragment);
  if (used > 0 && used + len > max_bytes)
    return NULL;
  g_queue_pop_head (queue);
  outbox->bytes -= len;
  return item;
}

static void
append (GByteArray *array, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  g_byte_array_append (array, data, (guint) len);
}

GBytes *
mesh_gossip_outbox_take (MeshGossipOutbox *outbox, gsize max_bytes, gsize *message_bytes)
{
  g_autoptr (GByteArray) rpc = NULL;
  g_autoptr (GByteArray) control = NULL;
  GBytes *single = NULL;
  Item *item;

  *message_bytes = 0;
  if (mesh_gossip_outbox_is_empty (outbox))
    return NULL;
  if (outbox->plain.length == 1 && outbox->control.length == 0)
    {
      item = g_queue_pop_head (&outbox->plain);
      single = g_bytes_ref (item->fragment);
      outbox->bytes = 0;
      if (item->kind == MESH_GOSSIP_OUT_MESSAGE)
        *message_bytes = g_bytes_get_size (single);
      item_free (item);
      return single;
    }
  rpc = g_byte_array_new ();
  control = g_byte_array_new ();
  while ((item = take_item (outbox, &outbox->plain, rpc->len, max_bytes)) != NULL)
    {
      append (rpc, item->fragment);
      if (item->kind == MESH_GOSSIP_OUT_MESSAGE)
        *message_bytes += g_bytes_get_size (item->fragment);
      item_free (item);
    }
  while (
      outbox->plain.length == 0
      && (item = take_item (outbox, &outbox->control,
                            rpc->len + control->len
                                + (rpc->len + control->len > 0 ? CONTROL_HEAD_BYTES : 0),
                            max_bytes))
             != NULL)
    {
      append (control, item->fragment);
      item_free (item);
    }
  mesh_gossip_rpc_append_control (rpc, control);
  return g_byte_array_free_to_bytes (g_steal_pointer (&rpc));
}
