/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-http.h"

#include "base/mesh-error.h"

#define READ_BYTES (64u << 10)

typedef struct
{
  SoupMessage *message; /* (owned) */
  gsize max_bytes;
  GByteArray *body; /* (owned) */
  gsize len;        /* of body, without the room for the next read */
} Request;

static void read_more (GTask *task, GInputStream *input);

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->message);
  g_byte_array_unref (request->body);
  g_free (request);
}

SoupSession *
mesh_http_session_new (guint timeout_s)
{
  SoupSession *session = soup_session_new_with_options (
      "timeout", timeout_s, "user-agent", "shoal/" PACKAGE_VERSION, "max-conns", 32,
      "max-conns-per-host", 16, NULL);

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  return session;
}

char *
mesh_http_parse_base (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GUri) base = NULL;
  g_autofree char *path = NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;

  if (uri == NULL || (g_strcmp0 (scheme, "http") != 0 && g_strcmp0 (scheme, "https") != 0)
      || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%s” is not an http or https address", url);
      return NULL;
    }
  path = g_strdup (g_uri_get_path (uri));
  while (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  base = g_uri_build (SOUP_HTTP_URI_FLAGS, scheme, NULL, g_uri_get_host (uri),
                      g_uri_get_port (uri), path, NULL, NULL);
  path = (g_free (path), g_uri_to_string (base));
  if (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  return g_steal_pointer (&path);
}

static GError *
translate (const GError *error, SoupMessage *message)
{
  g_autofree char *where = g_uri_to_string_partial (
      soup_message_get_uri (message), G_URI_HIDE_QUERY | G_URI_HIDE_USERINFO);
  MeshError code = MESH_ERROR_UNREACHABLE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || error->domain == MESH_ERROR)
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = MESH_ERROR_TIMED_OUT;
  else if (error->domain == G_TLS_ERROR)
    code = MESH_ERROR_AUTH;
  return g_error_new (MESH_ERROR, code, "Cannot get %s: %s", where, error->message);
}

static void
fail (GTask *task, const GError *error)
{
  Request *request = g_task_get_task_data (task);

  g_task_return_error (task, translate (error, request->message));
}

static void
fail_too_large (GTask *task)
{
  Request *request = g_task_get_task_data (task);

  g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                           "The answer is larger than the %" G_GSIZE_FORMAT
                           " bytes that are allowed",
                           request->max_bytes);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    {
      fail (task, error);
      return;
    }
  request->len += (gsize) n;
  g_byte_array_set_size (request->body, (guint) request->len);
  if (request->len > request->max_bytes)
    fail_too_large (task);
  else if (n > 0)
    read_more (task, G_INPUT_STREAM (source));
  else
    g_task_return_pointer (task,
                           g_byte_array_free_to_bytes (g_steal_pointer (&request->body)),
                           (GDestroyNotify) g_bytes_unref);
  if (request->body == NULL)
    request->body = g_byte_array_new ();
}

static void
read_more (GTask *task, GInputStream *input)
{
  Request *request = g_task_get_task_data (task);

  g_byte_array_set_size (request->body, (guint) (request->len + READ_BYTES));
  g_input_stream_read_async (input, request->body->data + request->len, READ_BYTES,
                             G_PRIORITY_DEFAULT, g_task_get_cancellable (task), read_cb,
                             g_object_ref (task));
}

static void
send_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) input
      = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  goffset announced;

  if (input == NULL)
    {
      fail (task, error);
      return;
    }
  announced = soup_message_headers_get_content_length (
      soup_message_get_response_headers (request->message));
  if (announced > 0 && (guint64) announced > request->max_bytes)
    fail_too_large (task);
  else
    read_more (task, input);
}

void
mesh_http_send_async (SoupSession *session,
                      SoupMessage *message,
                      gsize max_bytes,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  g_task_set_source_tag (task, mesh_http_send_async);
  request->message = g_object_ref (message);
  request->max_bytes = max_bytes;
  request->body = g_byte_array_new ();
  g_task_set_task_data (task, request, request_free);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, send_cb,
                           g_steal_pointer (&task));
}

GBytes *
mesh_http_send_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
