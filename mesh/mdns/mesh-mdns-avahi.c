/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Owned by MeshMdns. Everything is asked over D-Bus without waiting: a call under way
 * holds a reference on the shared state, which after mesh_mdns_avahi_free() is closed and
 * only frees what Avahi still answers with.
 *
 * Records are browsed, not services: js-libp2p answers with PTR and TXT but no SRV, and a
 * service without SRV is none to Avahi's resolver. Records are published, not services,
 * because a service is probed for a second before it is announced; our name is random. */
#include "config.h"

#include "mdns/mesh-mdns-avahi.h"

#include "mdns/mesh-dns-message.h"
#include "mdns/mesh-mdns-core.h"
#include "mdns/mesh-mdns-txt.h"

#define NAME MESH_MDNS_AVAHI_NAME
#define SERVER "org.freedesktop.Avahi.Server"
#define BROWSER "org.freedesktop.Avahi.RecordBrowser"
#define GROUP "org.freedesktop.Avahi.EntryGroup"
#define ANY_INTERFACE (-1)
#define ANY_PROTOCOL (-1)
#define FLAG_UNIQUE 1u
#define FLAG_NO_PROBE 2u
#define CALL_TIMEOUT_MS 10000

struct MeshMdnsAvahi
{
  int n_refs;
  GDBusConnection *bus; /* (owned) */
  MeshMdnsAvahiConfig config;
  char *service;    /* (owned) */
  char *instance;   /* (owned): PEER.SERVICE */
  MeshPeerId *self; /* (owned) */
  MeshDnsName service_name;
  MeshDnsName instance_name;
  GHashTable *names; /* (owned): MeshDnsName in it → Name (owned) */
  GBytes *txt;       /* (owned) (nullable): to be published */
  char *group;       /* (owned) (nullable): path of the entry group */
  char *browser;     /* (owned) (nullable): path of the browser of the service */
  guint subscription;
  guint settle_id;
  gboolean is_grouping; /* a group was asked for */
  gboolean is_closed;
};

/* A peer's name on the network. */
typedef struct
{
  MeshDnsName name;
  guint n_seen;       /* PTR records: one for each interface and family */
  char *browser;      /* (owned) (nullable): path of the browser for its TXT records */
  GPtrArray *records; /* (owned) (element-type GBytes): TXT data */
  MeshPeerId *peer;   /* (owned) (nullable): as told last */
  GPtrArray *addrs;   /* (owned) (nullable) */
  gboolean is_changed;
} Name;

static void
free_name (gpointer data)
{
  Name *name = data;

  g_free (name->browser);
  g_ptr_array_unref (name->records);
  g_clear_pointer (&name->peer, mesh_peer_id_unref);
  g_clear_pointer (&name->addrs, g_ptr_array_unref);
  g_free (name);
}

static MeshMdnsAvahi *
ref (MeshMdnsAvahi *self)
{
  self->n_refs++;
  return self;
}

static void
unref (MeshMdnsAvahi *self)
{
  if (--self->n_refs > 0)
    return;
  g_clear_object (&self->bus);
  g_free (self->service);
  g_free (self->instance);
  g_free (self->group);
  g_free (self->browser);
  g_clear_pointer (&self->self, mesh_peer_id_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->txt, g_bytes_unref);
  g_free (self);
}

static void
call (MeshMdnsAvahi *self,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *args,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  /* Never cancelled: what was made must be freed again. */
  g_dbus_connection_call (self->bus, NAME, path, interface, method, args, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL,
                          callback, user_data);
}

/* The path that a call answered with; NULL, and a message, when it failed. */
static char *
finish_path (GObject *source, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  char *path = NULL;

  if (reply == NULL)
    g_message ("Avahi: %s", error->message);
  else if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(o)")))
    g_variant_get (reply, "(o)", &path);
  return path;
}

/* ---- publishing ---- */

static GVariant *
bytes_variant (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}

static void
add_record (MeshMdnsAvahi *self,
            const char *name,
            MeshDnsType type,
            guint flags,
            const guint8 *data,
            gsize len)
{
  call (self, self->group, GROUP, "AddRecord",
        g_variant_new ("(iiusqqu@ay)", ANY_INTERFACE, ANY_PROTOCOL, flags, name,
                       MESH_DNS_CLASS_IN, (guint) type, MESH_MDNS_CORE_TTL_S,
                       bytes_variant (data, len)),
        NULL, NULL);
}

static void
committed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_message ("Avahi does not announce this node: %s", error->message);
  unref (user_data);
}

static void
publish (MeshMdnsAvahi *self)
{
  gsize len;
  const guint8 *data;

  call (self, self->group, GROUP, "Reset", NULL, NULL, NULL);
  if (self->txt == NULL)
    return;
  data = g_bytes_get_data (self->txt, &len);
  /* Many offer the service, the name is ours alone and nobody's by chance. */
  add_record (self, self->service, MESH_DNS_TYPE_PTR, 0, self->instance_name.data,
              self->instance_name.len);
  add_record (self, self->instance, MESH_DNS_TYPE_TXT, FLAG_UNIQUE | FLAG_NO_PROBE, data,
              len);
  call (self, self->group, GROUP, "Commit", NULL, committed_cb, ref (self));
}

static void
grouped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeshMdnsAvahi *self = user_data;
  g_autofree char *path = finish_path (source, result);

  if (path != NULL && self->is_closed)
    call (self, path, GROUP, "Free", NULL, NULL, NULL);
  else if (path != NULL)
    {
      self->group = g_steal_pointer (&path);
      publish (self);
    }
  unref (self);
}

void
mesh_mdns_avahi_set_addresses (MeshMdnsAvahi *self, const GPtrArray *addrs)
{
  g_autoptr (GBytes) txt
      = mesh_mdns_txt_encode (addrs, self->config.allow_loopback, NULL);

  if (txt == self->txt
      || (txt != NULL && self->txt != NULL && g_bytes_equal (txt, self->txt)))
    return;
  g_clear_pointer (&self->txt, g_bytes_unref);
  self->txt = g_steal_pointer (&txt);
  if (self->group != NULL)
    publish (self);
  else if (!self->is_grouping)
    {
      self->is_grouping = TRUE;
      call (self, "/", SERVER, "EntryGroupNew", NULL, grouped_cb, ref (self));
    }
}

/* ---- browsing ---- */

/* The answer to "browse the TXT records of this name". */
typedef struct
{
  MeshMdnsAvahi *self; /* (owned) */
  MeshDnsName name;
} Browsing;

static void
browsing_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Browsing *browsing = user_data;
  MeshMdnsAvahi *self = browsing->self;
  g_autofree char *path = finish_path (source, result);
  Name *name = g_hash_table_lookup (self->names, &browsing->name);

  if (path != NULL && (self->is_closed || name == NULL || name->browser != NULL))
    call (self, path, BROWSER, "Free", NULL, NULL, NULL);
  else if (path != NULL)
    name->browser = g_steal_pointer (&path);
  g_free (browsing);
  unref (self);
}

static void
browse (MeshMdnsAvahi *self,
        const char *name,
        MeshDnsType type,
        GAsyncReadyCallback callback,
        gpointer user_data)
{
  call (self, "/", SERVER, "RecordBrowserNew",
        g_variant_new ("(iisqqu)", ANY_INTERFACE, ANY_PROTOCOL, name, MESH_DNS_CLASS_IN,
                       (guint) type, 0u),
        callback, user_data);
}

static void
forget (MeshMdnsAvahi *self, Name *name)
{
  g_autoptr (MeshPeerId) peer = g_steal_pointer (&name->peer);

  if (name->browser != NULL)
    call (self, name->browser, BROWSER, "Free", NULL, NULL, NULL);
  g_hash_table_remove (self->names, &name->name);
  if (peer != NULL)
    self->config.lost (peer, self->config.user_data);
}

static void
take_ptr (MeshMdnsAvahi *self, const MeshDnsName *target, gboolean is_new)
{
  Name *name = g_hash_table_lookup (self->names, target);
  g_autofree char *text = NULL;
  Browsing *browsing;

  if (!mesh_dns_name_is_child (target, &self->service_name)
      || mesh_dns_name_equal (target, &self->instance_name))
    return;
  if (name != NULL)
    {
      name->n_seen = is_new ? name->n_seen + 1 : name->n_seen - 1;
      if (name->n_seen == 0)
        forget (self, name);
      return;
    }
  if (!is_new || g_hash_table_size (self->names) >= MESH_MDNS_AVAHI_MAX_NAMES)
    return;
  name = g_new0 (Name, 1);
  name->name = *target;
  name->n_seen = 1;
  name->records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_hash_table_insert (self->names, &name->name, name);
  browsing = g_new0 (Browsing, 1);
  browsing->self = ref (self);
  browsing->name = *target;
  text = mesh_dns_name_to_string (target);
  browse (self, text, MESH_DNS_TYPE_TXT, browsing_cb, browsing);
}

static gboolean
is_same_list (const GPtrArray *a, const GPtrArray *b)
{
  if (a == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *) b, g_ptr_array_index (a, i),
                                           mesh_multiaddr_equal, NULL))
      return FALSE;
  return TRUE;
}

static void
tell (MeshMdnsAvahi *self, Name *name)
{
  g_auto (MeshMdnsTxt) txt = { NULL };

  name->is_changed = FALSE;
  for (guint i = 0; i < name->records->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (name->records, i), &len);

      mesh_mdns_txt_read (&txt, data, len, NULL, 0, self->config.allow_loopback);
    }
  if (txt.peer == NULL || txt.is_bad || mesh_peer_id_equal (txt.peer, self->self)
      || (name->peer != NULL && mesh_peer_id_equal (name->peer, txt.peer)
          && is_same_list (name->addrs, txt.addrs)))
    return;
  g_clear_pointer (&name->peer, mesh_peer_id_unref);
  g_clear_pointer (&name->addrs, g_ptr_array_unref);
  name->peer = mesh_peer_id_ref (txt.peer);
  name->addrs = g_ptr_array_ref (txt.addrs);
  self->config.found (txt.peer, txt.addrs, self->config.user_data);
}

static gboolean
settle_cb (gpointer user_data)
{
  MeshMdnsAvahi *self = ref (user_data);
  g_autoptr (GList) names = g_hash_table_get_values (self->names);

  self->settle_id = 0;
  /* Whoever is told may end us; then the names are gone. */
  for (GList *item = names; item != NULL && !self->is_closed; item = item->next)
    if (((Name *) item->data)->is_changed)
      tell (self, item->data);
  unref (self);
  return G_SOURCE_REMOVE;
}

static void
take_txt (MeshMdnsAvahi *self,
          const char *text,
          const guint8 *data,
          gsize len,
          gboolean is_new)
{
  g_autoptr (GBytes) record = g_bytes_new (data, len);
  MeshDnsName key;
  Name *name
      = mesh_dns_name_parse (&key, text) ? g_hash_table_lookup (self->names, &key) : NULL;
  guint index;

  if (name == NULL)
    return;
  if (is_new && name->records->len < MESH_MDNS_AVAHI_MAX_RECORDS)
    g_ptr_array_add (name->records, g_steal_pointer (&record));
  else if (!is_new
           && g_ptr_array_find_with_equal_func (name->records, record, g_bytes_equal,
                                                &index))
    g_ptr_array_remove_index (name->records, index);
  name->is_changed = TRUE;
  if (self->settle_id == 0)
    self->settle_id = g_timeout_add (MESH_MDNS_AVAHI_SETTLE_MS, settle_cb, self);
}

/* Avahi tells each client only of its own browsers, so the path does not matter; and the
 * first records may come before the answer that names it. */
static void
signal_cb (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *args,
           gpointer user_data)
{
  MeshMdnsAvahi *self = user_data;
  g_autoptr (GVariant) value = NULL;
  gboolean is_new = g_str_equal (signal, "ItemNew");
  const guint8 *data;
  const char *name;
  guint16 type;
  gsize len;

  if (self->is_closed || (!is_new && !g_str_equal (signal, "ItemRemove"))
      || !g_variant_is_of_type (args, G_VARIANT_TYPE ("(iisqqayu)")))
    return;
  g_variant_get (args, "(ii&sqq@ayu)", NULL, NULL, &name, NULL, &type, &value, NULL);
  data = g_variant_get_fixed_array (value, &len, 1);
  if (type == MESH_DNS_TYPE_PTR)
    {
      MeshDnsName target;
      gsize offset = 0;

      if (data != NULL && mesh_dns_name_read (&target, data, len, &offset))
        take_ptr (self, &target, is_new);
    }
  else if (type == MESH_DNS_TYPE_TXT)
    take_txt (self, name, data, len, is_new);
}

/* ---- life ---- */

static void
browsing_service_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeshMdnsAvahi *self = user_data;
  g_autofree char *path = finish_path (source, result);

  if (path != NULL && self->is_closed)
    call (self, path, BROWSER, "Free", NULL, NULL, NULL);
  else if (path != NULL)
    self->browser = g_steal_pointer (&path);
  unref (self);
}

MeshMdnsAvahi *
mesh_mdns_avahi_new (const MeshMdnsAvahiConfig *config)
{
  MeshMdnsAvahi *self = g_new0 (MeshMdnsAvahi, 1);

  self->n_refs = 1;
  self->config = *config;
  self->bus = g_object_ref (config->bus);
  self->service = g_strdup (config->service);
  self->instance = g_strdup_printf ("%s.%s", config->peer_name, config->service);
  self->self = mesh_peer_id_ref (config->self);
  self->names
      = g_hash_table_new_full (mesh_dns_name_hash, mesh_dns_name_equal, NULL, free_name);
  if (!mesh_dns_name_parse (&self->service_name, self->service)
      || !mesh_dns_name_parse (&self->instance_name, self->instance))
    g_return_val_if_reached (self);
  self->subscription = g_dbus_connection_signal_subscribe (
      self->bus, NAME, BROWSER, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, signal_cb,
      self, NULL);
  browse (self, self->service, MESH_DNS_TYPE_PTR, browsing_service_cb, ref (self));
  return self;
}

void
mesh_mdns_avahi_free (MeshMdnsAvahi *self)
{
  GHashTableIter iter;
  gpointer value;

  self->is_closed = TRUE;
  g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Name *) value)->browser != NULL)
      call (self, ((Name *) value)->browser, BROWSER, "Free", NULL, NULL, NULL);
  g_hash_table_remove_all (self->names);
  if (self->browser != NULL)
    call (self, self->browser, BROWSER, "Free", NULL, NULL, NULL);
  if (self->group != NULL)
    call (self, self->group, GROUP, "Free", NULL, NULL, NULL);
  unref (self);
}

guint
mesh_mdns_avahi_get_n_peers (const MeshMdnsAvahi *self)
{
  return g_hash_table_size (self->names);
}
