/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "dht/mesh-kad-server-private.h"

#include <string.h>

#include "base/mesh-error.h"
#include "content/mesh-multihash.h"
#include "dht/mesh-kad-upkeep-private.h"

#define DAY_S 86400

static gboolean
refuse (MeshKad *kad, GError **error, int code, const char *what)
{
  kad->stats.n_refused_requests++;
  g_set_error (error, MESH_ERROR, code, "A request to the DHT %s", what);
  return FALSE;
}

gboolean
mesh_kad_server_is_multihash (MeshKadBytes key)
{
  MeshMultihash hash;
  gsize n_read;

  return mesh_multihash_read (key.data, key.len, &hash, &n_read, NULL)
         && n_read == key.len;
}

/* RFC 3339 of a Unix time; days to a civil date as in any almanac (the year begins in
 * March, so that the leap day is its last). */
static char *
format_time (gint64 unix_us)
{
  gint64 unix_s = MAX (unix_us, 0) / G_USEC_PER_SEC;
  gint64 days = unix_s / DAY_S + 719468;
  gint64 era = days / 146097;
  gint64 of_era = days - era * 146097;
  gint64 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  gint64 of_year = of_era - (365 * year + year / 4 - year / 100);
  gint64 month = (5 * of_year + 2) / 153;
  gint64 day = of_year - (153 * month + 2) / 5 + 1;
  gint64 of_day = unix_s % DAY_S;

  month = month < 10 ? month + 3 : month - 9;
  year += era * 400 + (month <= 2);
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", (int) year, (int) month,
                          (int) day, (int) (of_day / 3600), (int) (of_day / 60 % 60),
                          (int) (of_day % 60), (int) (MAX (unix_us, 0) % G_USEC_PER_SEC));
}

/* The peers nearest to the key. Never tells a peer of itself. */
static void
add_closer (MeshKad *kad, GByteArray *out, MeshKadBytes key, const MeshKadPeer *from)
{
  const MeshKadTableEntry *nearest[MESH_KAD_TABLE_MAX_K];
  MeshKadKey place;
  guint n;

  mesh_kad_key_init (&place, key.data, key.len);
  n = mesh_kad_table_get_closest (kad->table, &place, kad->config.k, from, nearest);
  for (guint i = 0; i < n; i++)
    mesh_kad_message_add_closer (out, nearest[i]->peer, nearest[i]->addrs);
}

static void
find_node (MeshKad *kad,
           const MeshKadMessage *msg,
           const MeshKadPeer *from,
           GByteArray *out)
{
  gsize len;
  const guint8 *self = mesh_peer_id_get_bytes (kad->self->id, &len);

  mesh_kad_message_begin (out, MESH_KAD_MESSAGE_FIND_NODE, msg->key);
  if (msg->key.len == len && memcmp (msg->key.data, self, len) == 0)
    mesh_kad_message_add_closer (out, kad->self, kad->addrs);
  add_closer (kad, out, msg->key, from);
}

static void
get_providers (MeshKad *kad,
               const MeshKadMessage *msg,
               const MeshKadPeer *from,
               GByteArray *out)
{
  const MeshKadProvider *records[MESH_KAD_MESSAGE_MAX_PROVIDERS];
  g_autoptr (GBytes) key = g_bytes_new (msg->key.data, msg->key.len);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (MeshKadAddrs) no_addrs
      = mesh_kad_addrs_new (kad->pool, none, kad->config.scope);
  guint n = mesh_kad_providers_get (kad->providers, key, G_N_ELEMENTS (records), records);

  mesh_kad_message_begin (out, MESH_KAD_MESSAGE_GET_PROVIDERS, msg->key);
  add_closer (kad, out, msg->key, from);
  if (mesh_kad_upkeep_is_provided (kad, key))
    mesh_kad_message_add_provider (out, kad->self, kad->addrs);
  for (guint i = 0; i < n; i++)
    if (records[i]->peer != from && records[i]->expires_us > kad->now_us)
      mesh_kad_message_add_provider (
          out, records[i]->peer,
          records[i]->addrs_until_us > kad->now_us ? records[i]->addrs : no_addrs);
}

void
mesh_kad_server_keep_provider (MeshKad *kad,
                               GBytes *key,
                               MeshKadPeer *peer,
                               MeshKadAddrs *addrs,
                               gint64 expires_us)
{
  gint64 addrs_until_us = expires_us - kad->config.provider_lifetime_us
                          + kad->config.provider_addrs_life_us;
  MeshKadEvent event
      = { .type = MESH_KAD_EVENT_STORE_PROVIDER, .expires_us = expires_us };

  mesh_kad_providers_add (kad->providers, key, peer, addrs, expires_us, addrs_until_us);
  if (kad->config.is_recorded)
    {
      event.key = g_bytes_ref (key);
      event.peer = mesh_kad_pool_ref_peer (peer);
      event.addrs = mesh_kad_addrs_ref (addrs);
      mesh_kad_push_event (kad, &event);
    }
  mesh_kad_server_expire (kad);
}

/* Spec: only what the sender says of itself counts. */
static void
add_provider (MeshKad *kad, const MeshKadMessage *msg, MeshKadPeer *from)
{
  g_autoptr (GBytes) key = g_bytes_new (msg->key.data, msg->key.len);

  for (guint i = 0; i < msg->n_providers; i++)
    {
      const MeshKadMessagePeer *named = &msg->providers[i];
      g_autoptr (MeshKadAddrs) addrs = NULL;
      gsize len;
      const guint8 *id = mesh_peer_id_get_bytes (from->id, &len);

      if (named->id.len != len || memcmp (named->id.data, id, len) != 0)
        {
          kad->stats.n_foreign_records++;
          continue;
        }
      addrs = mesh_kad_addrs_from_message (kad->pool, named->body.data, named->body.len,
                                           kad->config.scope);
      if (mesh_kad_is_reachable (kad, addrs))
        mesh_kad_server_keep_provider (kad, key, from, addrs,
                                       kad->now_us + kad->config.provider_lifetime_us);
    }
}

gboolean
mesh_kad_server_keep_value (MeshKad *kad,
                            const MeshKadValidator *validator,
                            GBytes *key,
                            GBytes *value,
                            gint64 expires_us)
{
  const MeshKadValue *old = mesh_kad_values_get (kad->values, key);
  gint64 received_us = expires_us - kad->config.value_lifetime_us;
  MeshKadEvent event = { .type = MESH_KAD_EVENT_STORE_VALUE, .expires_us = expires_us };

  if (old != NULL && old->expires_us > kad->now_us && !g_bytes_equal (old->value, value)
      && validator->select (g_bytes_get_data (key, NULL), g_bytes_get_size (key),
                            g_bytes_get_data (value, NULL), g_bytes_get_size (value),
                            g_bytes_get_data (old->value, NULL),
                            g_bytes_get_size (old->value), validator->user_data)
             < 0)
    return FALSE;
  if (!mesh_kad_values_put (kad->values, key, value, received_us, expires_us))
    return FALSE;
  if (kad->config.is_recorded)
    {
      event.key = g_bytes_ref (key);
      event.value = g_bytes_ref (value);
      mesh_kad_push_event (kad, &event);
    }
  mesh_kad_server_expire (kad);
  return TRUE;
}

static gboolean
put_value (MeshKad *kad, const MeshKadMessage *msg, GError **error)
{
  const MeshKadValidator *validator = mesh_kad_validator_find (
      kad->config.validators, kad->config.n_validators, msg->key.data, msg->key.len);
  g_autoptr (GBytes) key = NULL, value = NULL;

  if (!msg->has_record || msg->record_key.len != msg->key.len
      || memcmp (msg->record_key.data, msg->key.data, msg->key.len) != 0)
    return refuse (kad, error, MESH_ERROR_PROTOCOL, "has a record for another key");
  if (msg->record_value.len > MESH_KAD_MAX_VALUE_BYTES)
    return refuse (kad, error, MESH_ERROR_REFUSED, "has a value that is too long");
  if (validator == NULL
      || !validator->validate (msg->key.data, msg->key.len, msg->record_value.data,
                               msg->record_value.len, validator->user_data))
    return refuse (kad, error, MESH_ERROR_REFUSED, "has a value that is not valid");
  key = g_bytes_new (msg->key.data, msg->key.len);
  value = g_bytes_new (msg->record_value.data, msg->record_value.len);
  if (!mesh_kad_server_keep_value (kad, validator, key, value,
                                   kad->now_us + kad->config.value_lifetime_us))
    return refuse (kad, error, MESH_ERROR_REFUSED, "has a worse value than is kept");
  return TRUE;
}

static void
get_value (MeshKad *kad,
           const MeshKadMessage *msg,
           const MeshKadPeer *from,
           GByteArray *out)
{
  g_autoptr (GBytes) key = g_bytes_new (msg->key.data, msg->key.len);
  const MeshKadValue *kept = mesh_kad_values_get (kad->values, key);
  g_autofree char *received = NULL;
  MeshKadBytes value;

  mesh_kad_message_begin (out, MESH_KAD_MESSAGE_GET_VALUE, msg->key);
  if (kept != NULL && kept->expires_us > kad->now_us)
    {
      value.data = g_bytes_get_data (kept->value, &value.len);
      received = format_time (kept->received_us + kad->config.wall_offset_us);
      mesh_kad_message_add_record (out, msg->key, value, received);
    }
  add_closer (kad, out, msg->key, from);
}

static gboolean
answer (MeshKad *kad,
        const MeshKadMessage *msg,
        MeshKadPeer *from,
        GByteArray *out,
        GError **error)
{
  switch (msg->type)
    {
    case MESH_KAD_MESSAGE_FIND_NODE:
      find_node (kad, msg, from, out);
      return TRUE;
    case MESH_KAD_MESSAGE_GET_PROVIDERS:
    case MESH_KAD_MESSAGE_ADD_PROVIDER:
      if (!mesh_kad_server_is_multihash (msg->key))
        return refuse (kad, error, MESH_ERROR_PROTOCOL, "has a key that is no multihash");
      if (msg->type == MESH_KAD_MESSAGE_GET_PROVIDERS)
        get_providers (kad, msg, from, out);
      else
        add_provider (kad, msg, from);
      return TRUE;
    case MESH_KAD_MESSAGE_GET_VALUE:
      get_value (kad, msg, from, out);
      return TRUE;
    case MESH_KAD_MESSAGE_PUT_VALUE:
      if (!put_value (kad, msg, error))
        return FALSE;
      mesh_kad_message_begin (out, MESH_KAD_MESSAGE_PUT_VALUE, msg->key);
      mesh_kad_message_add_record (out, msg->record_key, msg->record_value, NULL);
      return TRUE;
    case MESH_KAD_MESSAGE_PING:
      mesh_kad_message_begin (out, MESH_KAD_MESSAGE_PING, msg->key);
      return TRUE;
    default:
      return refuse (kad, error, MESH_ERROR_UNSUPPORTED, "is of unknown type");
    }
}

gboolean
mesh_kad_server_handle (MeshKad *kad,
                        MeshKadPeer *from,
                        const guint8 *data,
                        gsize len,
                        GBytes **reply,
                        GError **error)
{
  MeshKadMessage msg;
  g_autoptr (GByteArray) out = NULL;

  *reply = NULL;
  kad->stats.n_messages_in++;
  if (!kad->config.is_server)
    return refuse (kad, error, MESH_ERROR_REFUSED, "came to a client");
  if (!mesh_kad_message_decode (data, len, &msg, error))
    {
      kad->stats.n_refused_requests++;
      return FALSE;
    }
  if (msg.key.len == 0 && msg.type != MESH_KAD_MESSAGE_PING)
    return refuse (kad, error, MESH_ERROR_PROTOCOL, "has no key");
  out = g_byte_array_sized_new (2048);
  if (!answer (kad, &msg, from, out, error))
    return FALSE;
  if (msg.type != MESH_KAD_MESSAGE_ADD_PROVIDER)
    *reply = g_byte_array_free_to_bytes (g_steal_pointer (&out));
  return TRUE;
}

void
mesh_kad_server_expire (MeshKad *kad)
{
  MeshKadProvider record;
  GBytes *key;

  while (mesh_kad_providers_poll_dropped (kad->providers, kad->now_us, &record))
    {
      MeshKadEvent event = { .type = MESH_KAD_EVENT_DROP_PROVIDER };

      if (kad->config.is_recorded)
        {
          event.key = g_bytes_ref (record.key);
          event.peer = mesh_kad_pool_ref_peer (record.peer);
          mesh_kad_push_event (kad, &event);
        }
      mesh_kad_providers_clear_record (&record);
    }
  while ((key = mesh_kad_values_poll_dropped (kad->values, kad->now_us)) != NULL)
    {
      MeshKadEvent event = { .type = MESH_KAD_EVENT_DROP_VALUE, .key = key };

      if (kad->config.is_recorded)
        mesh_kad_push_event (kad, &event);
      else
        g_bytes_unref (key);
    }
}
