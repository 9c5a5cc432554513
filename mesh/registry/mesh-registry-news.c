/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "registry/mesh-registry-news.h"

#include "registry/mesh-exchange.h"

/* One neighbour. */
typedef struct
{
  MeshRegistry *registry; /* (owned) */
  MeshPeerId *peer_id;    /* (owned) */
  char *via;              /* (owned) */
  GBytes *cursor;         /* (owned): to be written when its page was taken in */
  guint n_pages;
  guint n_pending; /* announcements being looked at; 1 more while taking a page */
  gboolean is_last;
} Reading;

static void ask (Reading *reading);

static void
end_reading (Reading *reading)
{
  reading->registry->n_reading--;
  g_object_unref (reading->registry);
  mesh_peer_id_unref (reading->peer_id);
  g_free (reading->via);
  g_clear_pointer (&reading->cursor, g_bytes_unref);
  g_free (reading);
}

static void
end_one (Reading *reading)
{
  MeshRegistry *registry = reading->registry;

  if (--reading->n_pending > 0)
    return;
  if (registry->db == NULL)
    {
      end_reading (reading);
      return;
    }
  mesh_registry_ledger_set_cursor (registry->db,
                                   mesh_peer_id_to_string (reading->peer_id),
                                   reading->cursor, mesh_registry_get_now_s ());
  if (reading->is_last || ++reading->n_pages >= MESH_REGISTRY_NEWS_MAX_PAGES)
    end_reading (reading);
  else
    ask (reading);
}

static void
looked_at_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeshRegistryOutcome) outcome
      = mesh_registry_intake_finish (MESH_REGISTRY (source), result, NULL);
  Reading *reading = user_data;

  /* Who sends what is forged has no news for us. */
  if (outcome != NULL && outcome->verdict == MESH_REGISTRY_VERDICT_REJECT)
    reading->is_last = TRUE;
  end_one (reading);
}

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = mesh_exchange_ask_peer_finish (MESH_HOST (source), result, &error);
  MeshSearchAnswer answer = { NULL, NULL };

  if (bytes == NULL
      || !mesh_search_message_decode_answer (g_bytes_get_data (bytes, NULL),
                                             g_bytes_get_size (bytes), &answer, &error))
    {
      g_debug ("The news of %s: %s", reading->via, error->message);
      end_reading (reading);
      return;
    }
  reading->is_last = answer.announcements->len < MESH_SEARCH_MESSAGE_MAX_RESULTS;
  g_bytes_unref (reading->cursor);
  reading->cursor = g_bytes_ref (answer.cursor);
  reading->n_pending = 1;
  for (guint i = 0; i < answer.announcements->len; i++)
    {
      reading->n_pending++;
      mesh_registry_intake_async (reading->registry, answer.announcements->pdata[i],
                                  reading->via, FALSE, looked_at_cb, reading);
    }
  mesh_search_message_clear_answer (&answer);
  end_one (reading);
}

static void
ask (Reading *reading)
{
  MeshSearchQuestion news = { .kind = MESH_SEARCH_MESSAGE_NEWS,
                              .limit = MESH_SEARCH_MESSAGE_MAX_RESULTS,
                              .cursor = reading->cursor };
  g_autoptr (GBytes) question = mesh_search_message_encode_question (&news);

  mesh_exchange_ask_peer_async (reading->registry->host, reading->peer_id,
                                MESH_SEARCH_MESSAGE_PROTOCOL, question,
                                MESH_SEARCH_MESSAGE_MAX_ANSWER_LEN,
                                reading->registry->stopping, answer_cb, reading);
}

static void
cursor_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = g_steal_pointer (&user_data);

  reading->cursor = mesh_registry_ledger_get_cursor_finish (result, NULL);
  if (reading->cursor == NULL || reading->registry->db == NULL)
    end_reading (reading);
  else
    ask (reading);
}

static void
start_reading (MeshRegistry *self, MeshPeerId *peer_id)
{
  Reading *reading = g_new0 (Reading, 1);
  const char *text = mesh_peer_id_to_string (peer_id);

  reading->registry = g_object_ref (self);
  reading->peer_id = mesh_peer_id_ref (peer_id);
  reading->via = g_strconcat ("peer ", text, NULL);
  self->n_reading++;
  mesh_registry_ledger_get_cursor_async (self->db, text, cursor_cb, reading);
}

static gboolean
has_said (MeshRegistry *self, MeshPeerId *peer_id)
{
  MeshConnection *connection = mesh_host_find_connection (self->host, peer_id);

  return connection != NULL && mesh_connection_get_peer_info (connection) != NULL;
}

/* Also notes that it is read. */
static gboolean
is_due (MeshRegistry *self, MeshPeerId *peer_id, gint64 now_us)
{
  const char *text = mesh_peer_id_to_string (peer_id);
  const gint64 *read_us = g_hash_table_lookup (self->read_news, text);

  if (read_us != NULL && now_us - *read_us < MESH_REGISTRY_NEWS_EVERY_US)
    return FALSE;
  if (g_hash_table_size (self->read_news) >= MESH_REGISTRY_NEWS_MAX_REMEMBERED)
    g_hash_table_remove_all (self->read_news);
  g_hash_table_replace (self->read_news, g_strdup (text),
                        g_memdup2 (&now_us, sizeof now_us));
  return TRUE;
}

void
mesh_registry_news_read (MeshRegistry *self)
{
  g_autoptr (GPtrArray) peers = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (self->host == NULL || self->db == NULL || !mesh_registry_uses_mesh (self))
    return;
  peers = mesh_registry_dup_peers (self, MESH_SEARCH_MESSAGE_PROTOCOL,
                                   MESH_REGISTRY_NEWS_MAX_REMEMBERED);
  for (guint i = 0; i < peers->len && self->n_reading < MESH_REGISTRY_NEWS_MAX_READING;
       i++)
    if (has_said (self, peers->pdata[i]) && is_due (self, peers->pdata[i], now_us))
      start_reading (self, peers->pdata[i]);
}
