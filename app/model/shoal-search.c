/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-search.h"

#include <glib/gi18n-lib.h>

#include "shoal-dbus.h"
#include "proxy/shoal-error.h"

#define LIMIT 100
/* What was found for the words before stays so long while nothing else is found: the list
 * does not flicker while somebody types. */
#define KEEP_MS 400

struct _ShoalSearch
{
  GObject parent_instance;

  ShoalClient *client;           /* (owned) */
  GListStore *results;           /* (owned) (element-type ShoalListing) */
  ShoalDBusOperation *operation; /* (owned) (nullable): the one under way */
  gulong changed_id;
  guint keep_id;     /* while results of the search before are shown; else 0 */
  char *text;        /* (owned) */
  char *category;    /* (owned) */
  char *error_text;  /* (owned) */
  char *status_text; /* (owned) */
  const char *state; /* (unowned): a literal */
  gboolean is_searching;
  guint serial; /* of the search under way: answers to earlier ones are ignored */
};

G_DEFINE_FINAL_TYPE (ShoalSearch, shoal_search, G_TYPE_OBJECT)

enum
{
  PROP_RESULTS = 1,
  PROP_STATE,
  PROP_IS_SEARCHING,
  PROP_STATUS_TEXT,
  PROP_ERROR_TEXT,
  PROP_TEXT,
  PROP_CATEGORY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

typedef struct
{
  ShoalSearch *search; /* (owned) */
  guint serial;
} Call;

static Call *
call_new (ShoalSearch *self)
{
  Call *call = g_new0 (Call, 1);

  call->search = g_object_ref (self);
  call->serial = self->serial;
  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->search);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
set_state (ShoalSearch *self, const char *state, gboolean is_searching)
{
  gboolean is_other = !g_str_equal (self->state, state);
  gboolean was_searching = self->is_searching;

  self->state = state;
  self->is_searching = is_searching;
  if (is_other)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  if (was_searching != is_searching)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_SEARCHING]);
}

static void
set_text (ShoalSearch *self, char **field, guint prop, const char *text)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static guint
get_n_results (ShoalSearch *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->results));
}

/* The transfer that installs an app, and the app. Lists are short; results are bounded.
 */
static void
link_results (ShoalSearch *self)
{
  ShoalObjects *objects = shoal_client_get_objects (self->client);

  for (guint i = 0; i < get_n_results (self); i++)
    {
      g_autoptr (ShoalListing) listing
          = g_list_model_get_item (G_LIST_MODEL (self->results), i);
      const char *app_id = shoal_listing_get_app_id (listing);

      shoal_listing_set_state (listing, shoal_objects_find_app (objects, app_id),
                               shoal_objects_find_install (objects, app_id));
    }
}

static void
show_items (ShoalSearch *self, GVariant *items)
{
  g_clear_handle_id (&self->keep_id, g_source_remove);
  shoal_listing_update_list (self->results, items);
  link_results (self);
}

static gboolean
keep_cb (gpointer user_data)
{
  ShoalSearch *self = user_data;

  self->keep_id = 0;
  show_items (self, NULL);
  set_state (self, "searching", TRUE);
  return G_SOURCE_REMOVE;
}

static void
fail (ShoalSearch *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (self->keep_id != 0)
    show_items (self, NULL);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      set_state (self, get_n_results (self) > 0 ? "found" : "idle", FALSE);
      return;
    }
  if (shoal_error_is (error, "NotFound"))
    text
        = g_strdup (_ ("Only the server may be asked, but none is set. Enter its address "
                       "in the preferences, or let peers be asked as well."));
  else
    text = shoal_error_text (error);
  set_text (self, &self->error_text, PROP_ERROR_TEXT, text);
  if (get_n_results (self) > 0)
    set_state (self, "found", FALSE);
  else
    set_state (self, shoal_error_is (error, "Unreachable") ? "offline" : "failed", FALSE);
}

/* "Asked 5 peers, 4 answered." */
static char *
dup_status (GVariant *result)
{
  g_autofree char *peers = NULL;
  const char *master = "none";
  guint32 n_asked = 0;
  guint32 n_answered = 0;

  g_variant_lookup (result, "asked", "u", &n_asked);
  g_variant_lookup (result, "answered", "u", &n_answered);
  g_variant_lookup (result, "master", "&s", &master);
  if (n_asked > 0)
    /* Translators: the first number decides the form, the second says how many of them
       answered */
    peers = g_strdup_printf (
        ngettext ("Asked %u peer, %u answered.", "Asked %u peers, %u answered.", n_asked),
        n_asked, n_answered);
  else
    peers = g_strdup (_ ("No peer was asked."));
  if (g_str_equal (master, "none"))
    return g_steal_pointer (&peers);
  return g_strconcat (peers, " ",
                      g_str_equal (master, "ok") ? _ ("The server answered.")
                                                 : _ ("The server did not answer."),
                      NULL);
}

static void
drop_operation (ShoalSearch *self)
{
  if (self->operation != NULL)
    g_clear_signal_handler (&self->changed_id, self->operation);
  g_clear_object (&self->operation);
}

static void
end (ShoalSearch *self)
{
  g_autoptr (ShoalDBusOperation) operation = g_object_ref (self->operation);
  GVariant *result = shoal_dbus_operation_get_result (operation);
  g_autoptr (GError) error = NULL;
  g_autofree char *status = NULL;

  drop_operation (self);
  shoal_dbus_operation_call_dismiss (operation, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
                                     NULL, NULL);
  if (g_str_equal (shoal_dbus_operation_get_state (operation), "failed"))
    {
      error
          = shoal_error_new_for_name (shoal_dbus_operation_get_error_name (operation),
                                      shoal_dbus_operation_get_error_message (operation));
      fail (self, error);
      return;
    }
  if (result != NULL)
    status = dup_status (result);
  set_text (self, &self->status_text, PROP_STATUS_TEXT, status != NULL ? status : "");
  set_state (self, get_n_results (self) > 0 ? "found" : "none", FALSE);
}

static void
operation_changed_cb (ShoalSearch *self)
{
  const char *state = shoal_dbus_operation_get_state (self->operation);
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->operation));
  gboolean is_over;
  GVariant *items;

  if (owner == NULL || state == NULL)
    {
      g_autoptr (GError) error
          = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY, "");

      drop_operation (self);
      fail (self, error);
      return;
    }
  is_over = g_str_equal (state, "done") || g_str_equal (state, "failed")
            || g_str_equal (state, "cancelled");
  items = shoal_dbus_operation_get_items (self->operation);
  if (self->keep_id == 0 || is_over
      || (items != NULL && g_variant_n_children (items) > 0))
    show_items (self, items);
  set_state (self, get_n_results (self) > 0 ? "found" : "searching", self->is_searching);
  if (is_over)
    end (self);
}

/* Nobody waits for it: the daemon forgets it by itself. */
static void
cancel_operation (ShoalDBusOperation *operation)
{
  shoal_dbus_operation_call_cancel (operation, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
                                    NULL, NULL);
}

static void
operation_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  ShoalSearch *self = call->search;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShoalDBusOperation) operation
      = shoal_dbus_operation_proxy_new_finish (result, &error);

  if (call->serial != self->serial)
    {
      if (operation != NULL)
        cancel_operation (operation);
      return;
    }
  if (operation == NULL)
    {
      fail (self, error);
      return;
    }
  self->operation = g_steal_pointer (&operation);
  self->changed_id = g_signal_connect_swapped (self->operation, "notify",
                                               G_CALLBACK (operation_changed_cb), self);
  operation_changed_cb (self);
}

/* One that is not wanted any more is followed so far that it can be cancelled. */
static void
started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  ShoalSearch *self = call->search;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *path = NULL;

  reply = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(o)")))
    {
      g_variant_get (reply, "(&o)", &path);
      shoal_dbus_operation_proxy_new (g_dbus_proxy_get_connection (G_DBUS_PROXY (source)),
                                      G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                                      g_dbus_proxy_get_name (G_DBUS_PROXY (source)), path,
                                      NULL, operation_ready_cb, g_steal_pointer (&call));
      return;
    }
  if (error != NULL && call->serial == self->serial)
    fail (self, error);
}

static void
shoal_search_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  ShoalSearch *self = SHOAL_SEARCH (object);

  switch (prop_id)
    {
    case PROP_RESULTS:
      g_value_set_object (value, self->results);
      break;
    case PROP_STATE:
      g_value_set_string (value, self->state);
      break;
    case PROP_IS_SEARCHING:
      g_value_set_boolean (value, self->is_searching);
      break;
    case PROP_STATUS_TEXT:
      g_value_set_string (value, self->status_text);
      break;
    case PROP_ERROR_TEXT:
      g_value_set_string (value, self->error_text);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_CATEGORY:
      g_value_set_string (value, self->category);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
shoal_search_dispose (GObject *object)
{
  ShoalSearch *self = SHOAL_SEARCH (object);
  ShoalObjects *objects;

  if (self->client != NULL)
    {
      /* The client may go with us, and empties its lists then. */
      objects = shoal_client_get_objects (self->client);
      g_signal_handlers_disconnect_by_data (shoal_objects_get_apps (objects), self);
      g_signal_handlers_disconnect_by_data (shoal_objects_get_jobs (objects), self);
      shoal_search_stop (self);
    }
  g_clear_object (&self->client);
  g_clear_object (&self->results);
  G_OBJECT_CLASS (shoal_search_parent_class)->dispose (object);
}

static void
shoal_search_finalize (GObject *object)
{
  ShoalSearch *self = SHOAL_SEARCH (object);

  g_free (self->text);
  g_free (self->category);
  g_free (self->error_text);
  g_free (self->status_text);
  G_OBJECT_CLASS (shoal_search_parent_class)->finalize (object);
}

static void
shoal_search_class_init (ShoalSearchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_search_get_property;
  object_class->dispose = shoal_search_dispose;
  object_class->finalize = shoal_search_finalize;
  props[PROP_RESULTS]
      = g_param_spec_object ("results", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  props[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);
  props[PROP_IS_SEARCHING]
      = g_param_spec_boolean ("is-searching", NULL, NULL, FALSE, flags);
  props[PROP_STATUS_TEXT] = g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  props[PROP_ERROR_TEXT] = g_param_spec_string ("error-text", NULL, NULL, NULL, flags);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  props[PROP_CATEGORY] = g_param_spec_string ("category", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
shoal_search_init (ShoalSearch *self)
{
  self->results = g_list_store_new (SHOAL_TYPE_LISTING);
  self->text = g_strdup ("");
  self->category = g_strdup ("");
  self->error_text = g_strdup ("");
  self->status_text = g_strdup ("");
  self->state = "idle";
}

ShoalSearch *
shoal_search_new (ShoalClient *client)
{
  ShoalSearch *self = g_object_new (SHOAL_TYPE_SEARCH, NULL);
  ShoalObjects *objects = shoal_client_get_objects (client);

  self->client = g_object_ref (client);
  g_signal_connect_object (shoal_objects_get_apps (objects), "items-changed",
                           G_CALLBACK (link_results), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shoal_objects_get_jobs (objects), "items-changed",
                           G_CALLBACK (link_results), self, G_CONNECT_SWAPPED);
  return self;
}

static GVariant *
new_options (ShoalSearch *self)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "limit", g_variant_new_uint32 (LIMIT));
  if (*self->category != '\0')
    g_variant_builder_add (&options, "{sv}", "category",
                           g_variant_new_string (self->category));
  return g_variant_builder_end (&options);
}

void
shoal_search_start (ShoalSearch *self, const char *text, const char *category)
{
  ShoalNode *node = shoal_client_get_node (self->client);
  GDBusProxy *manager = shoal_proxy_object_get_proxy (SHOAL_PROXY_OBJECT (node));

  shoal_search_stop (self);
  set_text (self, &self->text, PROP_TEXT, text);
  set_text (self, &self->category, PROP_CATEGORY, category);
  set_text (self, &self->status_text, PROP_STATUS_TEXT, "");
  set_state (self, get_n_results (self) > 0 ? "found" : "searching", TRUE);
  if (manager == NULL)
    {
      set_state (self, "idle", FALSE);
      return;
    }
  if (get_n_results (self) > 0)
    self->keep_id = g_timeout_add (KEEP_MS, keep_cb, self);
  g_dbus_proxy_call (manager, "StartSearch",
                     g_variant_new ("(s@a{sv})", text, new_options (self)),
                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, started_cb, call_new (self));
}

void
shoal_search_stop (ShoalSearch *self)
{
  self->serial++;
  g_clear_handle_id (&self->keep_id, g_source_remove);
  if (self->operation != NULL)
    cancel_operation (self->operation);
  drop_operation (self);
  set_state (self, get_n_results (self) > 0 ? "found" : "idle", FALSE);
}

const char *
shoal_search_get_state (ShoalSearch *self)
{
  return self->state;
}

GListModel *
shoal_search_get_results (ShoalSearch *self)
{
  return G_LIST_MODEL (self->results);
}
