import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
