package stripe

import "slices"

var productParams = []string{"active", "description", "id", "metadata", "name", "statement_descriptor", "unit_label", "url"}

func createProduct(c *call) (object, error) {
	id := text(c.params, "id")
	if id == "" {
		id = "prod_" + randomText(14)
	}
	if c.e.state.find("product", id) != nil {
		return nil, invalid("resource_already_exists", "id", "Product already exists.")
	}
	o := newObject("product", object{"id": id, "created": c.now(), "active": true, "default_price": nil, "description": nil})
	c.writeProduct(o)
	c.e.state.add(o)
	c.emit("product.created", o, nil)
	return o, nil
}

func (c *call) writeProduct(o object) {
	assign(o, c.params, "active", "description", "name", "statement_descriptor", "unit_label", "url")
	mergeMetadata(o, c.params)
	o["updated"] = c.now()
}

func getProduct(c *call) (object, error) {
	if o := c.e.state.find("product", c.id); o != nil {
		return o, nil
	}
	return nil, missing("product", c.id, "id")
}

func listProducts(c *call) (object, error) {
	ids := items(c.params, "ids")
	return c.list("product", func(o object) bool {
		return c.matches(o, "active") && (ids == nil || slices.Contains(ids, o["id"]))
	})
}

func updateProduct(c *call) (object, error) {
	o, err := getProduct(c)
	if err != nil {
		return nil, err
	}
	before := clone(o).(object)
	c.writeProduct(o)
	c.emit("product.updated", o, before)
	return o, nil
}

func deleteProduct(c *call) (object, error) {
	o, err := getProduct(c)
	if err != nil {
		return nil, err
	}
	used := false
	c.e.state.each("price", func(p object) { used = used || p["product"] == c.id })
	if used {
		return nil, invalid("", "", "This product cannot be deleted because it has one or more user-created prices.")
	}
	c.e.state.remove(o)
	c.emit("product.deleted", o, nil)
	return object{"id": c.id, "object": "product", "deleted": true}, nil
}
