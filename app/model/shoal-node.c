/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-node.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-command.h"
#include "proxy/shoal-error.h"
#include "proxy/shoal-format.h"
#include "model/shoal-category.h"
#include "model/shoal-split-view.h"

struct _ShoalNode
{
  ShoalProxyObject parent_instance;

  GListStore *categories;  /* (owned) (element-type ShoalCategory) */
  GListStore *split_views; /* (owned) (element-type ShoalSplitView) */
};

G_DEFINE_FINAL_TYPE (ShoalNode, shoal_node, SHOAL_TYPE_PROXY_OBJECT)

#define BASE(self) SHOAL_PROXY_OBJECT (self)

enum
{
  SIGNAL_REFUSED,
  SIGNAL_RESTART_NEEDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_peer_id (ShoalNode *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "PeerId");
}

static char *
dup_version_text (ShoalNode *self)
{
  return shoal_proxy_object_dup_string (BASE (self), "AgentVersion");
}

static char *
dup_traffic_text (ShoalNode *self)
{
  g_autofree char *down = shoal_format_bytes (
      shoal_proxy_object_get_uint64 (BASE (self), "BytesDownloaded"));
  g_autofree char *up
      = shoal_format_bytes (shoal_proxy_object_get_uint64 (BASE (self), "BytesUploaded"));

  /* Translators: amounts of data since the service started */
  return g_strdup_printf (_ ("%s received, %s sent"), down, up);
}

static char *
dup_rate (ShoalNode *self, const char *name)
{
  return shoal_format_rate (shoal_proxy_object_get_uint64 (BASE (self), name));
}

static char *
dup_download_text (ShoalNode *self)
{
  return dup_rate (self, "DownloadBps");
}

static char *
dup_upload_text (ShoalNode *self)
{
  return dup_rate (self, "UploadBps");
}

static char *
dup_master_text (ShoalNode *self)
{
  if (shoal_proxy_object_string_is (BASE (self), "MasterState", "reachable"))
    return g_strdup (_ ("Reachable"));
  if (shoal_proxy_object_string_is (BASE (self), "MasterState", "unreachable"))
    return g_strdup (_ ("Cannot be reached; updates come from peers"));
  if (shoal_proxy_object_string_is (BASE (self), "MasterState", "none"))
    return g_strdup (_ ("None; updates come from peers"));
  return g_strdup (_ ("Not asked yet"));
}

static char *
dup_checked_text (ShoalNode *self)
{
  gint64 then_s = shoal_proxy_object_get_int64 (BASE (self), "LastCheck");
  g_autofree char *since
      = shoal_format_since (then_s, g_get_real_time () / G_USEC_PER_SEC);

  /* Translators: %s is "5 min ago", "just now" or "never" */
  return g_strdup_printf (_ ("Last checked: %s"), since);
}

static char *
dup_storage_text (ShoalNode *self)
{
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (BASE (self));
  g_autoptr (GVariant) stats = NULL;
  g_autofree char *used = NULL;
  g_autofree char *shared = NULL;
  guint64 bytes = 0;
  guint64 referenced_bytes = 0;

  if (proxy != NULL)
    stats = g_dbus_proxy_get_cached_property (proxy, "StorageStats");
  if (stats == NULL || !g_variant_is_of_type (stats, G_VARIANT_TYPE_VARDICT)
      || !g_variant_lookup (stats, "bytes", "t", &bytes))
    return g_strdup (_ ("Not known"));
  g_variant_lookup (stats, "referenced-bytes", "t", &referenced_bytes);
  used = shoal_format_bytes (bytes);
  shared = shoal_format_bytes (referenced_bytes);
  /* Translators: disk use of the service; the second amount needs no space of its own */
  return g_strdup_printf (_ ("%s stored, %s shared with installed apps"), used, shared);
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalNode *self);
} texts[] = {
  { "peer-id", dup_peer_id },
  { "version-text", dup_version_text },
  { "traffic-text", dup_traffic_text },
  { "master-text", dup_master_text },
  { "checked-text", dup_checked_text },
  { "storage-text", dup_storage_text },
  { "download-text", dup_download_text },
  { "upload-text", dup_upload_text },
};

/* Written through SetConfig(): the key there is the name here. */
static const struct
{
  const char *name;
  const char *dbus_name;
  const char *type;
} settings[] = {
  { "sharing-mode", "SharingMode", "s" },
  { "master-url", "MasterUrl", "s" },
  { "metered-policy", "MeteredPolicy", "s" },
  { "bootstrap", "Bootstrap", "as" },
  { "max-upload-bps", "MaxUploadBps", "t" },
  { "max-download-bps", "MaxDownloadBps", "t" },
  { "cache-limit-bytes", "CacheLimitBytes", "t" },
  { "auto-fetch", "AutoFetch", "b" },
  { "registry-mode", "RegistryMode", "s" },
  { "dht-mode", "DhtMode", "s" },
  { "mdns", "Mdns", "b" },
  { "announce", "Announce", "b" },
};

enum
{
  FIRST_SETTING = G_N_ELEMENTS (texts) + 1,
  PROP_LISTEN_ADDRESSES = FIRST_SETTING + G_N_ELEMENTS (settings),
  PROP_IS_RUNNING,
  PROP_IS_UNDECIDED,
  PROP_IS_METERED,
  PROP_PEER_COUNT,
  PROP_UPLOAD_BPS,
  PROP_DOWNLOAD_BPS,
  PROP_CATALOG_SIZE,
  PROP_CATEGORIES,
  PROP_SPLIT_VIEWS,
};

static void
get_setting (ShoalNode *self, guint index, GValue *value)
{
  const char *name = settings[index].dbus_name;

  switch (settings[index].type[0])
    {
    case 's':
      g_value_take_string (value, shoal_proxy_object_dup_string (BASE (self), name));
      break;
    case 'a':
      g_value_take_boxed (value, shoal_proxy_object_dup_strv (BASE (self), name));
      break;
    case 't':
      g_value_set_uint64 (value, shoal_proxy_object_get_uint64 (BASE (self), name));
      break;
    default:
      g_value_set_boolean (value, shoal_proxy_object_get_boolean (BASE (self), name));
    }
}

static void
shoal_node_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ShoalNode *self = SHOAL_NODE (object);

  if (prop_id < FIRST_SETTING)
    g_value_take_string (value, texts[prop_id - 1].dup (self));
  else if (prop_id < PROP_LISTEN_ADDRESSES)
    get_setting (self, prop_id - FIRST_SETTING, value);
  else if (prop_id == PROP_LISTEN_ADDRESSES)
    g_value_take_boxed (value,
                        shoal_proxy_object_dup_strv (BASE (self), "ListenAddresses"));
  else if (prop_id == PROP_IS_RUNNING)
    g_value_set_boolean (value, shoal_node_is_running (self));
  else if (prop_id == PROP_IS_UNDECIDED)
    g_value_set_boolean (
        value, shoal_proxy_object_string_is (BASE (self), "SharingMode", "undecided"));
  else if (prop_id == PROP_IS_METERED)
    g_value_set_boolean (value, shoal_proxy_object_get_boolean (BASE (self), "Metered"));
  else if (prop_id == PROP_PEER_COUNT)
    g_value_set_uint64 (value, shoal_proxy_object_get_uint64 (BASE (self), "PeerCount"));
  else if (prop_id == PROP_UPLOAD_BPS)
    g_value_set_uint64 (value, shoal_proxy_object_get_uint64 (BASE (self), "UploadBps"));
  else if (prop_id == PROP_DOWNLOAD_BPS)
    g_value_set_uint64 (value,
                        shoal_proxy_object_get_uint64 (BASE (self), "DownloadBps"));
  else if (prop_id == PROP_CATALOG_SIZE)
    g_value_set_uint64 (value,
                        shoal_proxy_object_get_uint64 (BASE (self), "CatalogSize"));
  else if (prop_id == PROP_CATEGORIES)
    g_value_set_object (value, self->categories);
  else if (prop_id == PROP_SPLIT_VIEWS)
    g_value_set_object (value, self->split_views);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
set_config_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalNode) self = g_steal_pointer (&user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = shoal_command_finish (result, &error);
  g_autoptr (GVariant) keys = NULL;
  g_autofree char *text = NULL;

  if (reply == NULL)
    {
      text = shoal_error_text (error);
      g_signal_emit (self, signals[SIGNAL_REFUSED], 0, text);
      shoal_proxy_object_notify_all (BASE (self));
      return;
    }
  if (!g_variant_is_of_type (reply, G_VARIANT_TYPE ("(as)")))
    return;
  keys = g_variant_get_child_value (reply, 0);
  if (g_variant_n_children (keys) > 0)
    g_signal_emit (self, signals[SIGNAL_RESTART_NEEDED], 0);
}

static GVariant *
setting_variant (guint index, const GValue *value)
{
  static const char *const none[] = { NULL };
  const char *text;
  const char *const *list;

  switch (settings[index].type[0])
    {
    case 's':
      text = g_value_get_string (value);
      return g_variant_new_string (text != NULL ? text : "");
    case 'a':
      list = g_value_get_boxed (value);
      return g_variant_new_strv (list != NULL ? list : none, -1);
    case 't':
      return g_variant_new_uint64 (g_value_get_uint64 (value));
    default:
      return g_variant_new_boolean (g_value_get_boolean (value));
    }
}

static void
shoal_node_set_property (GObject *object,
                         guint prop_id,
                         const GValue *value,
                         GParamSpec *pspec)
{
  ShoalNode *self = SHOAL_NODE (object);
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (BASE (self));
  guint index = prop_id - FIRST_SETTING;
  g_autoptr (GVariant) wanted = NULL;
  g_autoptr (GVariant) current = NULL;
  GVariantBuilder values;

  if (prop_id < FIRST_SETTING || prop_id >= PROP_LISTEN_ADDRESSES)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  if (proxy == NULL)
    return;
  wanted = g_variant_ref_sink (setting_variant (index, value));
  current = g_dbus_proxy_get_cached_property (proxy, settings[index].dbus_name);
  if (current != NULL && g_variant_equal (wanted, current))
    return;
  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&values, "{sv}", settings[index].name, wanted);
  shoal_command_async (proxy, "SetConfig", g_variant_new ("(a{sv})", &values), NULL,
                       set_config_cb, g_object_ref (self));
}

static GParamSpec *
setting_spec (guint index)
{
  const GParamFlags flags
      = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const char *name = settings[index].name;

  switch (settings[index].type[0])
    {
    case 's':
      return g_param_spec_string (name, NULL, NULL, NULL, flags);
    case 'a':
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, flags);
    case 't':
      return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);
    default:
      return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);
    }
}

static GVariant *
get_dicts (ShoalNode *self, const char *name)
{
  GDBusProxy *proxy = shoal_proxy_object_get_proxy (BASE (self));

  return proxy != NULL ? g_dbus_proxy_get_cached_property (proxy, name) : NULL;
}

static void
shoal_node_changed (ShoalProxyObject *base)
{
  ShoalNode *self = SHOAL_NODE (base);
  g_autoptr (GVariant) categories = get_dicts (self, "Categories");
  g_autoptr (GVariant) split_views = get_dicts (self, "SplitViews");

  shoal_category_update_list (self->categories, categories);
  shoal_split_view_update_list (self->split_views, split_views);
}

static void
shoal_node_finalize (GObject *object)
{
  g_clear_object (&SHOAL_NODE (object)->categories);
  g_clear_object (&SHOAL_NODE (object)->split_views);
  G_OBJECT_CLASS (shoal_node_parent_class)->finalize (object);
}

static void
shoal_node_class_init (ShoalNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamSpec *specs[] = {
    g_param_spec_boxed ("listen-addresses", NULL, NULL, G_TYPE_STRV, flags),
    g_param_spec_boolean ("is-running", NULL, NULL, FALSE, flags),
    g_param_spec_boolean ("is-undecided", NULL, NULL, FALSE, flags),
    g_param_spec_boolean ("is-metered", NULL, NULL, FALSE, flags),
    g_param_spec_uint64 ("peer-count", NULL, NULL, 0, G_MAXUINT64, 0, flags),
    g_param_spec_uint64 ("upload-bps", NULL, NULL, 0, G_MAXUINT64, 0, flags),
    g_param_spec_uint64 ("download-bps", NULL, NULL, 0, G_MAXUINT64, 0, flags),
    g_param_spec_uint64 ("catalog-size", NULL, NULL, 0, G_MAXUINT64, 0, flags),
    g_param_spec_object ("categories", NULL, NULL, G_TYPE_LIST_MODEL, flags),
    g_param_spec_object ("split-views", NULL, NULL, G_TYPE_LIST_MODEL, flags),
  };

  object_class->get_property = shoal_node_get_property;
  object_class->set_property = shoal_node_set_property;
  object_class->finalize = shoal_node_finalize;
  SHOAL_PROXY_OBJECT_CLASS (klass)->changed = shoal_node_changed;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL, flags));
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_object_class_install_property (object_class, FIRST_SETTING + i, setting_spec (i));
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    g_object_class_install_property (object_class, PROP_LISTEN_ADDRESSES + i, specs[i]);
  signals[SIGNAL_REFUSED]
      = g_signal_new ("refused", SHOAL_TYPE_NODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RESTART_NEEDED]
      = g_signal_new ("restart-needed", SHOAL_TYPE_NODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
}

static void
shoal_node_init (ShoalNode *self)
{
  self->categories = g_list_store_new (SHOAL_TYPE_CATEGORY);
  self->split_views = g_list_store_new (SHOAL_TYPE_SPLIT_VIEW);
}

ShoalNode *
shoal_node_new (void)
{
  return g_object_new (SHOAL_TYPE_NODE, NULL);
}

gboolean
shoal_node_is_running (ShoalNode *self)
{
  return shoal_proxy_object_string_is (BASE (self), "State", "running");
}

void
shoal_node_set_sharing_mode (ShoalNode *self, const char *mode)
{
  g_object_set (self, "sharing-mode", mode, NULL);
}

GListModel *
shoal_node_get_categories (ShoalNode *self)
{
  return G_LIST_MODEL (self->categories);
}

GListModel *
shoal_node_get_split_views (ShoalNode *self)
{
  return G_LIST_MODEL (self->split_views);
}
