/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-mesh.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "master/shoald-master-http.h"

struct ShoaldMasterMesh
{
  SoupServer *server;           /* (owned) */
  ShoaldMasterLimiter *limiter; /* (unowned) */
  MeshRegistry *registry;       /* (owned) (nullable) */
  MeshHost *host;               /* (owned) (nullable) */
  GStrv bootstrap;              /* (owned) (nullable) */
  GStrv listed;                 /* (owned) (nullable): the addresses of the last list */
  guint64 counter;              /* of the last list */
  guint n_pending;
  grefcount refs; /* one for each announcement, one for the owner */
};

/* What waits for an announcement. */
typedef struct
{
  ShoaldMasterMesh *mesh; /* (owned) */
  SoupServerMessage *msg; /* (owned) */
} Waiting;

static void
release (ShoaldMasterMesh *mesh)
{
  if (!g_ref_count_dec (&mesh->refs))
    return;
  g_object_unref (mesh->server);
  g_clear_object (&mesh->registry);
  g_clear_object (&mesh->host);
  g_strfreev (mesh->bootstrap);
  g_strfreev (mesh->listed);
  g_free (mesh);
}

static gboolean
check_method (SoupServerMessage *msg, const char *method, const char *other)
{
  const char *given = soup_server_message_get_method (msg);

  if (strcmp (given, method) == 0 || g_strcmp0 (given, other) == 0)
    return TRUE;
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Allow",
                                method);
  shoald_master_http_fail_text (msg, SOUP_STATUS_METHOD_NOT_ALLOWED, "Unsupported",
                                "This address does not take that method");
  return FALSE;
}

/* PUT /api/v1/announcements */

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Waiting *waiting = user_data;
  g_autoptr (SoupServerMessage) msg = waiting->msg;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  waiting->mesh->n_pending--;
  if (!mesh_registry_take_announcement_finish (MESH_REGISTRY (source), result, &error))
    shoald_master_http_fail (msg, error);
  else
    shoald_master_http_reply (msg, SOUP_STATUS_ACCEPTED, "application/json", body);
  soup_server_message_unpause (msg);
  release (waiting->mesh);
}

/* Returns: whether this address may say something now; else @msg is answered. */
static gboolean
check_rate (ShoaldMasterMesh *mesh, SoupServerMessage *msg)
{
  guint retry_after_s = 1;
  g_autofree char *text = NULL;
  gboolean is_full = mesh->n_pending >= SHOALD_MASTER_MESH_MAX_PENDING;

  if (!is_full
      && shoald_master_limiter_take (mesh->limiter, shoald_master_http_get_address (msg),
                                     g_get_monotonic_time (), &retry_after_s))
    return TRUE;
  text = g_strdup_printf ("%u", retry_after_s);
  soup_message_headers_replace (soup_server_message_get_response_headers (msg),
                                "Retry-After", text);
  shoald_master_http_fail_text (
      msg,
      is_full ? SOUP_STATUS_SERVICE_UNAVAILABLE : SHOALD_MASTER_HTTP_TOO_MANY_REQUESTS,
      "Busy", "Too many announcements at once; try again later");
  return FALSE;
}

static void
handle_announcements (SoupServer *server,
                      SoupServerMessage *msg,
                      const char *path,
                      GHashTable *form,
                      gpointer user_data)
{
  ShoaldMasterMesh *mesh = user_data;
  g_autoptr (GBytes) data = NULL;
  g_autofree char *source = NULL;
  Waiting *waiting;

  if (!check_method (msg, "PUT", NULL))
    return;
  if (mesh->registry == NULL)
    {
      shoald_master_http_fail_text (msg, SOUP_STATUS_NOT_FOUND, "NotFound",
                                    "This server takes no announcements");
      return;
    }
  if (!check_rate (mesh, msg))
    return;
  data = soup_message_body_flatten (soup_server_message_get_request_body (msg));
  source = g_strconcat ("http ", shoald_master_http_get_address (msg), NULL);
  waiting = g_new0 (Waiting, 1);
  waiting->mesh = mesh;
  waiting->msg = g_object_ref (msg);
  g_ref_count_inc (&mesh->refs);
  mesh->n_pending++;
  soup_server_message_pause (msg);
  mesh_registry_take_announcement_async (mesh->registry, data, source, taken_cb, waiting);
}

/* GET /api/v1/bootstrap */

static GStrv
dup_addresses (ShoaldMasterMesh *mesh)
{
  g_autoptr (GPtrArray) addrs = mesh_host_dup_addresses (mesh->host);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < addrs->len && n < MESH_BOOTSTRAP_LIST_MAX_SIGNED; i++, n++)
    {
      const char *text = mesh_multiaddr_to_string (addrs->pdata[i]);

      g_strv_builder_add (builder, text);
    }
  for (gsize i = 0; mesh->bootstrap != NULL && mesh->bootstrap[i] != NULL
                    && n < MESH_BOOTSTRAP_LIST_MAX_SIGNED;
       i++, n++)
    g_strv_builder_add (builder, mesh->bootstrap[i]);
  return g_strv_builder_end (builder);
}

/* The clock counts: a list that differs was made later, also after a restart. */
static void
note_list (ShoaldMasterMesh *mesh, GStrv addresses, gint64 now_s)
{
  if (mesh->listed == NULL
      || !g_strv_equal ((const char *const *) mesh->listed,
                        (const char *const *) addresses)
      || now_s - (gint64) mesh->counter > SHOALD_MASTER_MESH_LIST_LIFE_S / 2)
    mesh->counter = MAX (mesh->counter + 1, (guint64) now_s);
  g_strfreev (mesh->listed);
  mesh->listed = addresses;
}

static void
handle_bootstrap (SoupServer *server,
                  SoupServerMessage *msg,
                  const char *path,
                  GHashTable *form,
                  gpointer user_data)
{
  ShoaldMasterMesh *mesh = user_data;
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GBytes) list = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_method (msg, "GET", "HEAD"))
    return;
  if (mesh->host == NULL)
    {
      shoald_master_http_fail_text (msg, SOUP_STATUS_NOT_FOUND, "NotFound",
                                    "This server knows no addresses");
      return;
    }
  note_list (mesh, dup_addresses (mesh), now_s);
  /* The same counter is the same list, byte for byte. */
  list = mesh_bootstrap_list_sign (
      mesh_host_get_identity (mesh->host), (const char *const *) mesh->listed,
      mesh->counter, (gint64) mesh->counter + SHOALD_MASTER_MESH_LIST_LIFE_S, &error);
  if (list == NULL)
    shoald_master_http_fail (msg, error);
  else
    shoald_master_http_reply (msg, SOUP_STATUS_OK, "application/json", list);
}

/* Searching. */

static char *
dup_text (MeshAnnouncement *announcement)
{
  g_autoptr (GBytes) bytes = mesh_announcement_to_bytes (announcement, NULL);

  return bytes != NULL
             ? g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes))
             : g_strdup ("");
}

static const char *
get_member (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static gboolean
is_same (JsonObject *package, const MeshRegistryResult *result)
{
  return g_str_equal (get_member (package, "app_id"), result->app_id)
         && g_str_equal (get_member (package, "channel"), result->channel)
         && g_str_equal (get_member (package, "fingerprint"), result->fingerprint);
}

static gboolean
add_proof (JsonArray *packages, const MeshRegistryResult *result)
{
  for (guint i = 0; i < json_array_get_length (packages); i++)
    {
      JsonObject *package = json_array_get_object_element (packages, i);
      g_autofree char *text = NULL;

      if (!is_same (package, result))
        continue;
      text = dup_text (result->announcement);
      json_object_set_string_member (package, "announcement", text);
      return TRUE;
    }
  return FALSE;
}

static JsonNode *
new_labels (char **labels)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (gsize i = 0; labels[i] != NULL; i++)
    json_array_add_string_element (array, labels[i]);
  json_node_take_array (node, array);
  return node;
}

static JsonObject *
new_package (const MeshRegistryResult *result)
{
  JsonObject *object = json_object_new ();
  g_autofree char *text = dup_text (result->announcement);

  json_object_set_string_member (object, "app_id", result->app_id);
  json_object_set_string_member (object, "name", result->name);
  json_object_set_string_member (object, "summary", result->summary);
  json_object_set_string_member (object, "version", result->version);
  json_object_set_string_member (object, "channel", result->channel);
  json_object_set_int_member (object, "size", (gint64) MIN (result->size, G_MAXINT64));
  json_object_set_string_member (object, "fingerprint", result->fingerprint);
  json_object_set_member (object, "categories", new_labels (result->categories));
  json_object_set_member (object, "tags", new_labels (result->tags));
  json_object_set_string_member (object, "source", "mesh");
  json_object_set_string_member (object, "announcement", text);
  return object;
}

GBytes *
shoald_master_mesh_merge (GBytes *answer, GPtrArray *results, guint limit)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = NULL;
  JsonArray *packages;
  char *text;

  if (json_parser_load_from_data (parser, g_bytes_get_data (answer, NULL),
                                  (gssize) g_bytes_get_size (answer), NULL))
    root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return g_bytes_ref (answer);
  packages = json_object_get_array_member (json_node_get_object (root), "packages");
  for (guint i = 0; i < results->len; i++)
    {
      const MeshRegistryResult *result = results->pdata[i];

      if (!add_proof (packages, result) && json_array_get_length (packages) < limit)
        json_array_add_object_element (packages, new_package (result));
    }
  text = json_to_string (root, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

ShoaldMasterMesh *
shoald_master_mesh_new (SoupServer *server,
                        ShoaldMasterLimiter *limiter,
                        MeshRegistry *registry,
                        MeshHost *host,
                        const char *const *bootstrap)
{
  ShoaldMasterMesh *mesh = g_new0 (ShoaldMasterMesh, 1);

  g_ref_count_init (&mesh->refs);
  mesh->server = g_object_ref (server);
  mesh->limiter = limiter;
  g_set_object (&mesh->registry, registry);
  g_set_object (&mesh->host, host);
  mesh->bootstrap = g_strdupv ((char **) bootstrap);
  soup_server_add_handler (server, "/api/v1/announcements", handle_announcements, mesh,
                           NULL);
  soup_server_add_handler (server, "/api/v1/bootstrap", handle_bootstrap, mesh, NULL);
  return mesh;
}

void
shoald_master_mesh_free (ShoaldMasterMesh *mesh)
{
  soup_server_remove_handler (mesh->server, "/api/v1/announcements");
  soup_server_remove_handler (mesh->server, "/api/v1/bootstrap");
  release (mesh);
}
