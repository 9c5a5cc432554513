/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "source/mesh-gateway-source.h"

#include "base/mesh-error.h"
#include "store/mesh-verifier.h"
#include "source/mesh-http.h"

/* One HTTP gateway; gets beyond the bound on the wire wait in order of priority. */
struct _MeshGatewaySource
{
  GObject parent_instance;

  char *url;              /* (owned) */
  SoupSession *session;   /* (owned) */
  MeshStore *store;       /* (owned) (nullable) */
  MeshVerifier *verifier; /* (owned) */
  GSequence *waiting;     /* (owned) (element-type GTask) */
  guint n_in_flight;
  guint64 next_seq;
};

static void mesh_gateway_source_iface_init (MeshBlockSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MeshGatewaySource,
                               mesh_gateway_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MESH_TYPE_BLOCK_SOURCE,
                                                      mesh_gateway_source_iface_init))

typedef enum
{
  STEP_WAIT,
  STEP_REQUEST,
  STEP_VERIFY,
  STEP_STORE,
  STEP_DONE,
} Step;

typedef struct
{
  Step step;
  MeshCid *cid; /* (owned) */
  int priority;
  guint64 seq;
  SoupMessage *message; /* (owned) (nullable) */
  GBytes *block;        /* (owned) (nullable) */
  gboolean is_counted;  /* in n_in_flight */
} Get;

static void advance (GTask *task);
static void start_waiting (MeshGatewaySource *self);

static void
get_free (gpointer data)
{
  Get *get = data;

  mesh_cid_unref (get->cid);
  g_clear_object (&get->message);
  g_clear_pointer (&get->block, g_bytes_unref);
  g_free (get);
}

/* The request is off the wire: lets the next one go. */
static void
leave_wire (GTask *task)
{
  MeshGatewaySource *self = g_task_get_source_object (task);
  Get *get = g_task_get_task_data (task);

  if (!get->is_counted)
    return;
  get->is_counted = FALSE;
  self->n_in_flight--;
  start_waiting (self);
}

static void
fail (GTask *task, GError *error)
{
  leave_wire (task);
  g_task_return_error (task, error);
}

static GError *
check_status (MeshGatewaySource *self, SoupMessage *message)
{
  guint status = soup_message_get_status (message);
  MeshError code = MESH_ERROR_REFUSED;

  if (status == SOUP_STATUS_OK)
    return NULL;
  if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE)
    code = MESH_ERROR_NOT_FOUND;
  else if (status == 429 || status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    code = MESH_ERROR_BUSY;
  else if (status == SOUP_STATUS_REQUEST_TIMEOUT || status == SOUP_STATUS_GATEWAY_TIMEOUT)
    code = MESH_ERROR_TIMED_OUT;
  else if (status >= 500)
    code = MESH_ERROR_UNREACHABLE;
  return g_error_new (MESH_ERROR, code, "%s answered %u (%s)", self->url, status,
                      soup_status_get_phrase (status));
}

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Get *get = g_task_get_task_data (task);
  GError *error = NULL;

  get->block = mesh_http_send_finish (SOUP_SESSION (source), result, &error);
  if (get->block != NULL)
    error = check_status (g_task_get_source_object (task), get->message);
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  get->step = STEP_VERIFY;
  leave_wire (task);
  advance (task);
}

static void
verify_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeshGatewaySource *self = g_task_get_source_object (task);
  Get *get = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_verifier_verify_finish (MESH_VERIFIER (source), result, &error))
    {
      g_prefix_error (&error, "%s: ", self->url);
      g_task_return_error (task, error);
      return;
    }
  get->step = self->store != NULL ? STEP_STORE : STEP_DONE;
  advance (task);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Get *get = g_task_get_task_data (task);
  GError *error = NULL;

  if (!mesh_store_put_finish (MESH_STORE (source), result, &error))
    {
      g_prefix_error (&error, "A block came but could not be stored: ");
      g_task_return_error (task, error);
      return;
    }
  get->step = STEP_DONE;
  advance (task);
}

static void
request_block (GTask *task)
{
  MeshGatewaySource *self = g_task_get_source_object (task);
  Get *get = g_task_get_task_data (task);
  g_autofree char *cid = mesh_cid_to_string (get->cid, MESH_BASE_32);
  g_autofree char *url = g_strdup_printf ("%s/ipfs/%s?format=raw", self->url, cid);

  get->message = soup_message_new (SOUP_METHOD_GET, url);
  soup_message_headers_append (soup_message_get_request_headers (get->message), "Accept",
                               "application/vnd.ipld.raw");
  mesh_http_send_async (self->session, get->message, MESH_GATEWAY_SOURCE_MAX_BLOCK_BYTES,
                        g_task_get_cancellable (task), answer_cb, g_object_ref (task));
}

static void
advance (GTask *task)
{
  MeshGatewaySource *self = g_task_get_source_object (task);
  Get *get = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      leave_wire (task);
      g_task_return_error_if_cancelled (task);
      return;
    }
  switch (get->step)
    {
    case STEP_REQUEST:
      request_block (task);
      return;
    case STEP_VERIFY:
      mesh_verifier_verify_async (self->verifier, get->cid, get->block, NULL, verify_cb,
                                  g_object_ref (task));
      return;
    case STEP_STORE:
      mesh_store_put_async (self->store, get->cid, get->block, MESH_STORE_PUT_VERIFIED,
                            NULL, put_cb, g_object_ref (task));
      return;
    case STEP_DONE:
      g_task_return_pointer (task, g_steal_pointer (&get->block),
                             (GDestroyNotify) g_bytes_unref);
      return;
    case STEP_WAIT:
    default:
      g_assert_not_reached ();
    }
}

static void
start_waiting (MeshGatewaySource *self)
{
  g_autoptr (MeshGatewaySource) guard = g_object_ref (self);

  while (self->n_in_flight < MESH_GATEWAY_SOURCE_MAX_IN_FLIGHT
         && !g_sequence_is_empty (self->waiting))
    {
      GSequenceIter *iter = g_sequence_get_begin_iter (self->waiting);
      g_autoptr (GTask) task = g_object_ref (g_sequence_get (iter));
      Get *get = g_task_get_task_data (task);

      g_sequence_remove (iter);
      get->step = STEP_REQUEST;
      get->is_counted = TRUE;
      self->n_in_flight++;
      advance (task);
    }
}

static gint
compare_tasks (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Get *x = g_task_get_task_data ((GTask *) a);
  const Get *y = g_task_get_task_data ((GTask *) b);

  if (x->priority != y->priority)
    return x->priority < y->priority ? -1 : 1;
  return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
get_async (MeshBlockSource *source,
           MeshCid *cid,
           int priority,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  MeshGatewaySource *self = MESH_GATEWAY_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Get *get;

  g_task_set_source_tag (task, get_async);
  if (g_sequence_get_length (self->waiting) >= MESH_GATEWAY_SOURCE_MAX_WAITING)
    {
      g_task_return_new_error (task, MESH_ERROR, MESH_ERROR_BUSY,
                               "Too many blocks are wanted of %s", self->url);
      return;
    }
  get = g_new0 (Get, 1);
  get->cid = mesh_cid_ref (cid);
  get->priority = priority;
  get->seq = self->next_seq++;
  g_task_set_task_data (task, get, get_free);
  g_sequence_insert_sorted (self->waiting, g_steal_pointer (&task), compare_tasks, NULL);
  start_waiting (self);
}

static GBytes *
get_finish (MeshBlockSource *source, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
mesh_gateway_source_iface_init (MeshBlockSourceInterface *iface)
{
  iface->get_async = get_async;
  iface->get_finish = get_finish;
}

static void
mesh_gateway_source_finalize (GObject *object)
{
  MeshGatewaySource *self = MESH_GATEWAY_SOURCE (object);

  g_free (self->url);
  g_clear_object (&self->session);
  g_clear_object (&self->store);
  g_clear_object (&self->verifier);
  g_sequence_free (self->waiting); /* empty: each get holds the source */
  G_OBJECT_CLASS (mesh_gateway_source_parent_class)->finalize (object);
}

static void
mesh_gateway_source_class_init (MeshGatewaySourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mesh_gateway_source_finalize;
}

static void
mesh_gateway_source_init (MeshGatewaySource *self)
{
  self->waiting = g_sequence_new (g_object_unref);
}

MeshGatewaySource *
mesh_gateway_source_new (const char *url,
                         MeshStore *store,
                         MeshWorkPool *pool,
                         GError **error)
{
  g_autofree char *base = mesh_http_parse_base (url, error);
  MeshGatewaySource *self;

  if (base == NULL)
    return NULL;
  self = g_object_new (MESH_TYPE_GATEWAY_SOURCE, NULL);
  self->url = g_steal_pointer (&base);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->verifier = mesh_verifier_new (pool);
  self->session = mesh_http_session_new (MESH_GATEWAY_SOURCE_TIMEOUT_S);
  return self;
}

const char *
mesh_gateway_source_get_url (MeshGatewaySource *self)
{
  return self->url;
}
