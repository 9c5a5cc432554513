/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <libsoup/soup.h>
#include <string.h>

#include "source/mesh-master-client.h"

/* A Master Server that does as it is told, over real HTTP or HTTPS. */

typedef struct
{
  SoupServer *server;       /* (owned) */
  MeshMasterClient *client; /* (owned) */
  GBytes *latest;           /* (owned) (nullable): %NULL: 404 */
  char *packages;           /* (owned) (nullable): JSON */
  GBytes *put;              /* (owned) (nullable): the last announcement */
  char *last_range;         /* (owned) (nullable) */
  GPtrArray *silent;        /* (owned) */
  guint status;             /* other than 0: nothing but this */
  guint n_requests;
  gboolean is_silent;
} RegistryMaster;

static inline void
registry_master_answer (SoupServer *server,
                        SoupServerMessage *msg,
                        const char *path,
                        GHashTable *form,
                        gpointer user_data)
{
  RegistryMaster *self = user_data;

  self->n_requests++;
  if (self->is_silent)
    {
      soup_server_message_pause (msg);
      g_ptr_array_add (self->silent, g_object_ref (msg));
      return;
    }
  if (self->status != 0)
    {
      soup_server_message_set_status (msg, self->status, NULL);
      return;
    }
  if (g_str_equal (path, "/api/v1/announcements"))
    {
      g_clear_pointer (&self->put, g_bytes_unref);
      self->put = soup_message_body_flatten (soup_server_message_get_request_body (msg));
      soup_server_message_set_status (msg, 202, NULL);
    }
  else if (g_str_equal (path, "/api/v1/packages") && self->packages != NULL)
    {
      soup_server_message_set_status (msg, 200, NULL);
      soup_server_message_set_response (msg, "application/json", SOUP_MEMORY_COPY,
                                        self->packages, strlen (self->packages));
    }
  else if (g_str_equal (path, "/api/v1/updates/latest") && self->latest != NULL)
    {
      g_free (self->last_range);
      self->last_range = g_strdup (g_hash_table_lookup (form, "range"));
      soup_server_message_set_status (msg, 200, NULL);
      soup_server_message_set_response (msg, "application/json", SOUP_MEMORY_COPY,
                                        g_bytes_get_data (self->latest, NULL),
                                        g_bytes_get_size (self->latest));
    }
  else
    soup_server_message_set_status (msg, 404, NULL);
}

/* @certificate: (nullable): for HTTPS */
static inline void
registry_master_init (RegistryMaster *self, GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  memset (self, 0, sizeof *self);
  self->server = soup_server_new ("tls-certificate", certificate, NULL);
  self->silent = g_ptr_array_new_with_free_func (g_object_unref);
  soup_server_add_handler (self->server, NULL, registry_master_answer, self, NULL);
  soup_server_listen_local (self->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY
                                | (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  url = g_strdup_printf ("%s://127.0.0.1:%d", certificate != NULL ? "https" : "http",
                         g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  self->client = mesh_master_client_new (url, &error);
  g_assert_no_error (error);
  mesh_master_client_set_timeout (self->client, 1);
}

static inline void
registry_master_set_latest (RegistryMaster *self, GBytes *latest)
{
  g_clear_pointer (&self->latest, g_bytes_unref);
  self->latest = latest;
}

static inline void
registry_master_clear (RegistryMaster *self)
{
  g_object_unref (self->client);
  g_ptr_array_unref (self->silent);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_clear_pointer (&self->latest, g_bytes_unref);
  g_clear_pointer (&self->put, g_bytes_unref);
  g_free (self->packages);
  g_free (self->last_range);
}
