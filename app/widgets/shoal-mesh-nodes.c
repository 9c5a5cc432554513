/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-mesh-nodes.h"

struct _ShoalMeshNodes
{
  GObject parent_instance;

  GListModel *model; /* (owned) (nullable) */
  gulong changed_id;
  GtkExpression *expressions[SHOAL_MESH_N_ROLES]; /* (owned) (nullable) */
  GPtrArray *nodes;    /* (owned) (element-type ShoalMeshNode): as in the model */
  GPtrArray *dirty;    /* (owned) (element-type ShoalMeshNode, unowned) */
  GHashTable *by_id;   /* (owned) (element-type utf8 ShoalMeshNode): unowned both */
  GHashTable *by_item; /* (owned) (element-type GObject ShoalMeshNode): unowned both */
  ShoalMeshLayout *layout; /* (owned) */
  guint changes;           /* what went since the last update */
  gboolean is_told;        /* changed was emitted, and nobody has updated since */
};

G_DEFINE_FINAL_TYPE (ShoalMeshNodes, shoal_mesh_nodes, G_TYPE_OBJECT)

static guint changed_signal;

static void
tell (ShoalMeshNodes *self)
{
  if (self->is_told)
    return;
  self->is_told = TRUE;
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
evaluate (ShoalMeshNodes *self, ShoalMeshRole role, GObject *item, GType type, GValue *to)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (to, type);
  return self->expressions[role] != NULL
         && gtk_expression_evaluate (self->expressions[role], item, &value)
         && g_value_transform (&value, to);
}

static char *
dup_string (ShoalMeshNodes *self, ShoalMeshRole role, GObject *item)
{
  g_auto (GValue) value = G_VALUE_INIT;

  if (!evaluate (self, role, item, G_TYPE_STRING, &value)
      || g_value_get_string (&value) == NULL)
    return g_strdup ("");
  return g_value_dup_string (&value);
}

static void
set_dirty (ShoalMeshNodes *self, ShoalMeshNode *node)
{
  if (node->is_dirty)
    return;
  node->is_dirty = TRUE;
  g_ptr_array_add (self->dirty, node);
  tell (self);
}

/* Items say that all their properties changed, one by one; the first is enough. */
static void
notify_cb (GObject *item, GParamSpec *pspec, ShoalMeshNodes *self)
{
  ShoalMeshNode *node = g_hash_table_lookup (self->by_item, item);

  if (node != NULL)
    set_dirty (self, node);
}

static ShoalMeshNode *
node_new (ShoalMeshNodes *self, GObject *item)
{
  ShoalMeshNode *node = g_new0 (ShoalMeshNode, 1);

  node->item = g_object_ref (item);
  node->id = dup_string (self, SHOAL_MESH_ROLE_ID, item);
  g_hash_table_insert (self->by_item, item, node);
  g_signal_connect_object (item, "notify", G_CALLBACK (notify_cb), self, 0);
  return node;
}

static void
node_free (gpointer data)
{
  ShoalMeshNode *node = data;

  g_object_unref (node->item);
  g_free (node->id);
  g_free (node);
}

static void
drop_node (ShoalMeshNodes *self, ShoalMeshNode *node)
{
  g_signal_handlers_disconnect_by_func (node->item, notify_cb, self);
  g_hash_table_remove (self->by_item, node->item);
  if (node->is_dirty)
    g_ptr_array_remove (self->dirty, node);
  /* Of two with one id, the first has the place. */
  if (g_hash_table_lookup (self->by_id, node->id) != node)
    return;
  g_hash_table_remove (self->by_id, node->id);
  shoal_mesh_layout_remove (self->layout, node->id);
  self->changes |= SHOAL_MESH_CHANGED_PLACES;
}

static void
items_changed_cb (ShoalMeshNodes *self, guint position, guint n_removed, guint n_added)
{
  for (guint i = 0; i < n_removed; i++)
    drop_node (self, g_ptr_array_index (self->nodes, position + i));
  if (n_removed > 0)
    g_ptr_array_remove_range (self->nodes, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (self->model, position + i);
      ShoalMeshNode *node = node_new (self, item);

      g_ptr_array_insert (self->nodes, (int) (position + i), node);
      set_dirty (self, node);
    }
  if (self->changes != 0)
    tell (self);
}

static void
drop_model (ShoalMeshNodes *self)
{
  if (self->model == NULL)
    return;
  g_clear_signal_handler (&self->changed_id, self->model);
  items_changed_cb (self, 0, self->nodes->len, 0);
  g_clear_object (&self->model);
}

static void
shoal_mesh_nodes_dispose (GObject *object)
{
  ShoalMeshNodes *self = SHOAL_MESH_NODES (object);

  drop_model (self);
  for (guint i = 0; i < SHOAL_MESH_N_ROLES; i++)
    g_clear_pointer (&self->expressions[i], gtk_expression_unref);
  G_OBJECT_CLASS (shoal_mesh_nodes_parent_class)->dispose (object);
}

static void
shoal_mesh_nodes_finalize (GObject *object)
{
  ShoalMeshNodes *self = SHOAL_MESH_NODES (object);

  g_ptr_array_unref (self->dirty);
  g_ptr_array_unref (self->nodes);
  g_hash_table_unref (self->by_item);
  g_hash_table_unref (self->by_id);
  shoal_mesh_layout_free (self->layout);
  G_OBJECT_CLASS (shoal_mesh_nodes_parent_class)->finalize (object);
}

static void
shoal_mesh_nodes_class_init (ShoalMeshNodesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoal_mesh_nodes_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoal_mesh_nodes_finalize;
  changed_signal = g_signal_new ("changed", SHOAL_TYPE_MESH_NODES, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoal_mesh_nodes_init (ShoalMeshNodes *self)
{
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->dirty = g_ptr_array_new ();
  self->by_item = g_hash_table_new (NULL, NULL);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->layout = shoal_mesh_layout_new ();
}

ShoalMeshNodes *
shoal_mesh_nodes_new (void)
{
  return g_object_new (SHOAL_TYPE_MESH_NODES, NULL);
}

void
shoal_mesh_nodes_set_model (ShoalMeshNodes *self, GListModel *model)
{
  if (self->model == model)
    return;
  drop_model (self);
  if (model == NULL)
    return;
  self->model = g_object_ref (model);
  self->changed_id = g_signal_connect_swapped (model, "items-changed",
                                               G_CALLBACK (items_changed_cb), self);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (model));
}

void
shoal_mesh_nodes_set_expression (ShoalMeshNodes *self,
                                 ShoalMeshRole role,
                                 GtkExpression *expression)
{
  g_autoptr (GListModel) model = NULL;

  g_clear_pointer (&self->expressions[role], gtk_expression_unref);
  if (expression != NULL)
    self->expressions[role] = gtk_expression_ref (expression);
  if (self->model == NULL)
    return;
  /* With another expression nothing that was read holds. */
  model = g_object_ref (self->model);
  shoal_mesh_nodes_set_model (self, NULL);
  shoal_mesh_nodes_set_model (self, model);
}

static guint
update_looks (ShoalMeshNodes *self, ShoalMeshNode *node)
{
  g_autofree char *name = dup_string (self, SHOAL_MESH_ROLE_KIND, node->item);
  ShoalMeshKind kind = shoal_mesh_shapes_kind_for_name (name);
  g_auto (GValue) rate = G_VALUE_INIT;
  guint64 rate_bps = 0;
  gboolean is_same;

  if (evaluate (self, SHOAL_MESH_ROLE_RATE, node->item, G_TYPE_UINT64, &rate))
    rate_bps = g_value_get_uint64 (&rate);
  /* Only whether anything moves is to be seen, not how much. */
  is_same = kind == node->kind && (rate_bps > 0) == (node->rate_bps > 0);
  node->kind = kind;
  node->rate_bps = rate_bps;
  return is_same ? 0 : SHOAL_MESH_CHANGED_LOOKS;
}

static guint
update_place (ShoalMeshNodes *self, ShoalMeshNode *node)
{
  g_auto (GValue) latency = G_VALUE_INIT;
  gint64 latency_ms = -1;

  if (!g_hash_table_contains (self->by_id, node->id))
    g_hash_table_insert (self->by_id, node->id, node);
  if (g_hash_table_lookup (self->by_id, node->id) != node)
    return 0;
  if (evaluate (self, SHOAL_MESH_ROLE_LATENCY, node->item, G_TYPE_INT64, &latency))
    latency_ms = g_value_get_int64 (&latency);
  if (!shoal_mesh_layout_place (self->layout, node->id, latency_ms))
    return 0;
  node->is_placed = shoal_mesh_layout_get (self->layout, node->id, &node->x, &node->y);
  return SHOAL_MESH_CHANGED_PLACES;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  const ShoalMeshNode *one = *(const ShoalMeshNode *const *) a;
  const ShoalMeshNode *other = *(const ShoalMeshNode *const *) b;

  return g_strcmp0 (one->id, other->id);
}

guint
shoal_mesh_nodes_update (ShoalMeshNodes *self, guint max_nodes)
{
  guint changes = self->changes;
  guint n = MIN (max_nodes, self->dirty->len);

  /* Sorted, so that the same peers stand at the same places after every start, whatever
   * the order in which the bus lists them. */
  if (n > 1)
    g_ptr_array_sort (self->dirty, compare_ids);
  for (guint i = 0; i < n; i++)
    {
      ShoalMeshNode *node = g_ptr_array_index (self->dirty, i);

      node->is_dirty = FALSE;
      changes |= update_looks (self, node) | update_place (self, node);
    }
  if (n > 0)
    g_ptr_array_remove_range (self->dirty, 0, n);
  self->changes = 0;
  self->is_told = self->dirty->len > 0;
  return self->is_told ? changes | SHOAL_MESH_CHANGED_MORE : changes;
}

gboolean
shoal_mesh_nodes_is_changed (ShoalMeshNodes *self)
{
  return self->is_told;
}

guint
shoal_mesh_nodes_get_n_nodes (ShoalMeshNodes *self)
{
  return self->nodes->len;
}

ShoalMeshNode *
shoal_mesh_nodes_get_node (ShoalMeshNodes *self, guint index)
{
  return g_ptr_array_index (self->nodes, index);
}

ShoalMeshLayout *
shoal_mesh_nodes_get_layout (ShoalMeshNodes *self)
{
  return self->layout;
}

ShoalMeshNode *
shoal_mesh_nodes_find (ShoalMeshNodes *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

ShoalMeshNode *
shoal_mesh_nodes_find_item (ShoalMeshNodes *self, gpointer item)
{
  return item != NULL ? g_hash_table_lookup (self->by_item, item) : NULL;
}

char *
shoal_mesh_nodes_dup_text (ShoalMeshNodes *self, ShoalMeshNode *node, ShoalMeshRole role)
{
  return dup_string (self, role, node->item);
}
