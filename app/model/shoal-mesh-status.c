/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "model/shoal-mesh-status.h"

#include <glib/gi18n-lib.h>

#include "proxy/shoal-command.h"

struct _ShoalMeshStatus
{
  ShoalDictObject parent_instance;

  gboolean is_asking;
};

G_DEFINE_FINAL_TYPE (ShoalMeshStatus, shoal_mesh_status, SHOAL_TYPE_DICT_OBJECT)

/* (nullable) (transfer none): the last answer */
static GVariant *
get_answer (ShoalMeshStatus *self)
{
  return shoal_dict_object_get_dict (SHOAL_DICT_OBJECT (self));
}

/* (nullable) (transfer full): a dictionary in the answer, or in another one */
static GVariant *
get_part (GVariant *dict, const char *key)
{
  return dict != NULL ? g_variant_lookup_value (dict, key, G_VARIANT_TYPE_VARDICT) : NULL;
}

static guint64
get_number (GVariant *part, const char *key)
{
  guint64 number = 0;
  guint32 small = 0;

  if (part != NULL && g_variant_lookup (part, key, "u", &small))
    return small;
  if (part != NULL)
    g_variant_lookup (part, key, "t", &number);
  return number;
}

static const char *
get_word (GVariant *part, const char *key)
{
  const char *word = "";

  if (part != NULL)
    g_variant_lookup (part, key, "&s", &word);
  return word;
}

static gboolean
get_flag (GVariant *part, const char *key)
{
  gboolean flag = FALSE;

  if (part != NULL)
    g_variant_lookup (part, key, "b", &flag);
  return flag;
}

/* Plural forms want an int. */
static guint
get_count (GVariant *part, const char *key)
{
  return (guint) MIN (get_number (part, key), G_MAXINT);
}

static char *
dup_reach_text (ShoalMeshStatus *self)
{
  const char *word = get_word (get_answer (self), "reachability");
  g_auto (GStrv) relays = NULL;
  guint n_relays = 0;

  if (get_answer (self) != NULL
      && g_variant_lookup (get_answer (self), "relays", "^as", &relays))
    n_relays = g_strv_length (relays);
  if (g_str_equal (get_word (get_answer (self), "network"), "none"))
    return g_strdup (_ ("This computer has no network"));
  if (g_str_equal (word, "public"))
    return g_strdup (_ ("Anybody can connect to this computer"));
  if (g_str_equal (word, "private") && n_relays > 0)
    return g_strdup_printf (ngettext ("Behind a router; reachable through %u relay",
                                      "Behind a router; reachable through %u relays",
                                      n_relays),
                            n_relays);
  if (g_str_equal (word, "private"))
    return g_strdup (_ ("Behind a router: only this computer can begin a connection"));
  return g_strdup (_ ("Not known yet"));
}

static char *
dup_lan_text (ShoalMeshStatus *self)
{
  g_autoptr (GVariant) mdns = get_part (get_answer (self), "mdns");
  guint n_found = get_count (mdns, "found");

  if (mdns == NULL)
    return g_strdup (_ ("Not known yet"));
  if (!get_flag (mdns, "enabled"))
    return g_strdup (_ ("Turned off in the preferences"));
  if (!get_flag (mdns, "running"))
    return g_strdup (_ ("Not running: it needs sharing to be on"));
  return g_strdup_printf (ngettext ("On, %u peer found", "On, %u peers found", n_found),
                          n_found);
}

/* "Client: 214 peers in the world, 3 in the local network". */
static char *
dup_dht_text (ShoalMeshStatus *self)
{
  g_autoptr (GVariant) dht = get_part (get_answer (self), "dht");
  g_autoptr (GVariant) wan = get_part (dht, "wan");
  g_autoptr (GVariant) lan = get_part (dht, "lan");
  const char *mode = get_word (dht, "mode");
  guint n_records = get_count (wan, "records") + get_count (lan, "records");
  guint n_wan = get_count (wan, "peers");
  guint n_lan = get_count (lan, "peers");
  g_autofree char *records = NULL;

  if (dht == NULL)
    return g_strdup (_ ("Not known yet"));
  if (g_str_equal (mode, "off"))
    return g_strdup (_ ("Off"));
  if (!g_str_equal (mode, "server"))
    /* Translators: sizes of two tables of peers */
    return g_strdup_printf (
        _ ("Asks, but does not answer others. Knows %u peers in the world, %u nearby"),
        n_wan, n_lan);
  records = g_strdup_printf (
      ngettext ("keeps %u entry for them", "keeps %u entries for them", n_records),
      n_records);
  /* Translators: sizes of two tables of peers, and "keeps 12 entries for them" */
  return g_strdup_printf (
      _ ("Answers others and %s. Knows %u peers in the world, %u nearby"), records, n_wan,
      n_lan);
}

static char *
dup_gossip_text (ShoalMeshStatus *self)
{
  g_autoptr (GVariant) gossip = get_part (get_answer (self), "gossip");
  g_autoptr (GVariant) topics = NULL;
  GString *text;

  if (gossip != NULL)
    topics = g_variant_lookup_value (gossip, "topics", G_VARIANT_TYPE ("aa{sv}"));
  if (topics == NULL || g_variant_n_children (topics) == 0)
    return g_strdup (gossip != NULL ? _ ("No topic is followed") : _ ("Not known yet"));
  text = g_string_new (NULL);
  for (gsize i = 0; i < MIN (g_variant_n_children (topics), 8); i++)
    {
      g_autoptr (GVariant) topic = g_variant_get_child_value (topics, i);
      guint n_peers = get_count (topic, "peers");

      if (i > 0)
        g_string_append_c (text, '\n');
      /* Translators: name of a topic, and how many peers follow it */
      g_string_append_printf (text, ngettext ("%s: %u peer", "%s: %u peers", n_peers),
                              get_word (topic, "topic"), n_peers);
    }
  return g_string_free (text, FALSE);
}

static char *
dup_bootstrap_text (ShoalMeshStatus *self)
{
  g_autoptr (GVariant) peers = NULL;
  guint n_connected = 0;
  guint n_peers;

  if (get_answer (self) != NULL)
    peers = g_variant_lookup_value (get_answer (self), "bootstrap",
                                    G_VARIANT_TYPE ("aa{sv}"));
  if (peers == NULL)
    return g_strdup (_ ("Not known yet"));
  n_peers = (guint) g_variant_n_children (peers);
  if (n_peers == 0)
    return g_strdup (_ ("None is set"));
  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);

      if (g_str_equal (get_word (peer, "state"), "connected"))
        n_connected++;
    }
  /* Translators: how many of the bootstrap peers are connected */
  return g_strdup_printf (_ ("%u of %u connected"), n_connected, n_peers);
}

static char *
dup_catalog_text (ShoalMeshStatus *self)
{
  g_autoptr (GVariant) registry = get_part (get_answer (self), "registry");
  guint n_known = get_count (registry, "announcements");
  guint n_announced = get_count (registry, "announced");
  g_autofree char *known = NULL;
  g_autofree char *announced = NULL;

  if (registry == NULL)
    return g_strdup (_ ("Not known yet"));
  known = g_strdup_printf (ngettext ("%u app is known", "%u apps are known", n_known),
                           n_known);
  if (n_announced == 0)
    return g_steal_pointer (&known);
  announced = g_strdup_printf (
      ngettext ("%u is announced from here", "%u are announced from here", n_announced),
      n_announced);
  return g_strconcat (known, ", ", announced, NULL);
}

static const struct
{
  const char *name;
  char *(*dup) (ShoalMeshStatus *self);
} texts[] = {
  { "reach-text", dup_reach_text },
  { "lan-text", dup_lan_text },
  { "dht-text", dup_dht_text },
  { "gossip-text", dup_gossip_text },
  { "bootstrap-text", dup_bootstrap_text },
  { "catalog-text", dup_catalog_text },
};

static void
shoal_mesh_status_get_property (GObject *object,
                                guint prop_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  g_value_take_string (value, texts[prop_id - 1].dup (SHOAL_MESH_STATUS (object)));
}

static void
shoal_mesh_status_class_init (ShoalMeshStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = shoal_mesh_status_get_property;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_object_class_install_property (
        object_class, i + 1,
        g_param_spec_string (texts[i].name, NULL, NULL, NULL,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
shoal_mesh_status_init (ShoalMeshStatus *self)
{
}

ShoalMeshStatus *
shoal_mesh_status_new (void)
{
  return g_object_new (SHOAL_TYPE_MESH_STATUS, NULL);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoalMeshStatus) self = user_data;
  g_autoptr (GVariant) reply = shoal_command_finish (result, NULL);
  g_autoptr (GVariant) dict = NULL;

  self->is_asking = FALSE;
  if (reply == NULL || !g_variant_is_of_type (reply, G_VARIANT_TYPE ("(a{sv})")))
    return;
  dict = g_variant_get_child_value (reply, 0);
  shoal_dict_object_set_dict (SHOAL_DICT_OBJECT (self), dict);
}

void
shoal_mesh_status_refresh (ShoalMeshStatus *self, ShoalClient *client)
{
  ShoalNode *node = shoal_client_get_node (client);

  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  shoal_command_async (shoal_proxy_object_get_proxy (SHOAL_PROXY_OBJECT (node)),
                       "GetMeshStatus", NULL, shoal_client_get_cancellable (client),
                       answered_cb, g_object_ref (self));
}
